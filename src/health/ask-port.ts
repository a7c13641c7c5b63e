/** One look at one UDP port: who answers, and whatever is to be asked of it while the connection is open. */

import type { ApiName, ApiSession } from '../peer/node-probe.js'
import type { PortSighting } from './model/diagnose-port.js'
import type { ExpectedNode } from './model/node-health.js'
import { notReached, sighting, unaskable } from './model/unaskable.js'
import { limitMs, type ProbeContext } from './probe-context.js'

const TIME_IS_UP = 'the time given with --timeout is up'
const MORE_TIME = 'give more time with --timeout'

/** `ask`: with the session, where the node itself gives the API. */
export async function askPort(
  context: ProbeContext,
  node: ExpectedNode,
  { port, api }: { readonly port: number; readonly api: ApiName },
  ask: (session: ApiSession) => Promise<void> = async () => undefined,
): Promise<PortSighting> {
  const never = unaskable(node, port)
  if (never) return never
  return context.limiter.run(async () => {
    const withinMs = limitMs(context)
    if (withinMs <= 0) return notReached(TIME_IS_UP, MORE_TIME)
    const report = await context.probe.reach({ host: node.ipv4Addr, port, api }, withinMs)
    if (report.kind === 'silent' && withinMs < context.timeoutMs)
      return notReached(`${TIME_IS_UP} before it answered`, MORE_TIME)
    if (report.kind !== 'answers' || report.api.kind !== 'accepted') return sighting(report, null)
    const { session } = report.api
    try {
      if (report.peerId === node.peerId) await ask(session)
      return sighting(report, session.rttMs())
    } finally {
      session.close()
    }
  })
}
