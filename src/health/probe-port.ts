/** One look at one UDP port: who answers, and whatever is to be asked of it while the connection is open. */

import { isDocumentation, isNoHostAddress } from '../base/ipv4.js'
import { describePeerId, type PeerId } from '../base/keys/peer-id.js'
import { createLimiter, type Limiter } from '../base/limiter.js'
import type { Services } from '../cli/services.js'
import type { ApiName, ApiSession, NodeProbe, PortReport } from '../peer/node-probe.js'
import type { ExpectedNode } from './model/expected-node.js'
import type { MetricsSighting } from './model/metrics-health.js'
import type { PortSighting } from './model/port-health.js'
import type { Probing } from './probe-flags.js'
import type { ReferenceCluster } from './reference-cluster.js'

/** What every look at a port needs. */
export interface PortContext {
  readonly services: Pick<Services, 'clock' | 'deadline' | 'metrics'>
  readonly probe: NodeProbe
  readonly limiter: Limiter
  readonly flags: Pick<Probing, 'timeoutMs'>
}

/** And one at all of a node. */
export interface ProbeContext extends PortContext {
  readonly flags: Probing
  readonly reference: ReferenceCluster
  /** What it means to whoever asks here that a node refuses its metrics; null for a stranger, who is always refused. */
  readonly refusal: MetricsSighting | null
  /** Whether a peer ID is that of a node on chain. */
  readonly isListed: (peerId: PeerId) => boolean
}

/**
 * What looks wrong is looked at again after this, on the same connection: a lag may be that of a write a moment ago,
 * and attempts to reach a peer come every second or two.
 */
const SECOND_LOOK_MS = 2_000
const TIME_IS_UP = 'the time given with --timeout is up'
const MORE_TIME = 'give more time with --timeout'

/** The time for an answer: its own, or what is left of the command's. */
export function limitMs({ flags: { timeoutMs }, services: { deadline } }: PortContext): number {
  return Math.min(timeoutMs, deadline.remainingMs())
}

export function untilSecondLook({ services: { clock, deadline } }: Pick<PortContext, 'services'>): Promise<void> {
  return clock.sleep(Math.min(SECOND_LOOK_MS, deadline.remainingMs()))
}

/** Longer than a handshake takes almost anywhere. */
const TURN_MS = 300
/** More handshakes at a time than this take one machine so long that sound nodes seem to be down. */
const MOST_AT_A_TIME = 64
/** So many times as many may wait: as 1000 silent nodes take no more than 20 s. */
const WAITING_FOR_EACH = 12
/** So many that memory is to be kept low. */
export const MANY_NODES = 200
/** What else this process may have open. */
const OTHER_FILES = 100

/** For ports that are asked at `concurrency`, in a process that may have so many files open. */
export function portLimiter(concurrency: number, openFiles: number): Limiter {
  const atATime = Math.min(concurrency, MOST_AT_A_TIME)
  const wanted = Math.max(WAITING_FOR_EACH * atATime, concurrency - atATime)
  return createLimiter(atATime, { turnMs: TURN_MS, most: Math.min(wanted, openFiles - atATime - OTHER_FILES) })
}

/** `ask`: with the session, where the node itself gives the API. Its answer is null where it was not asked. */
export async function probePort<T, Context extends PortContext = PortContext>(
  context: Context,
  node: ExpectedNode,
  { port, api }: { readonly port: number; readonly api: ApiName },
  ask?: (context: Context, session: ApiSession) => Promise<T>,
): Promise<readonly [PortSighting, T | null]> {
  const never = unaskable(node, port)
  if (never) return [never, null]
  return context.limiter.run(async () => {
    const withinMs = limitMs(context)
    if (withinMs <= 0) return [notReached(TIME_IS_UP, MORE_TIME), null]
    const report = await context.probe.reach({ host: node.ipv4Addr, port, api }, withinMs)
    if (report.kind === 'silent' && withinMs < context.flags.timeoutMs)
      return [notReached(`${TIME_IS_UP} before it answered`, MORE_TIME), null]
    if (report.kind !== 'answers' || report.api.kind !== 'accepted') return [sighting(report, null), null]
    const { session } = report.api
    try {
      const answer = report.peerId === node.peerId && ask ? await ask(context, session) : null
      return [sighting(report, session.rttMs()), answer]
    } finally {
      session.close()
    }
  })
}

/** What nobody can ever dial is told by what is on chain, and no packet is sent. Null where the port can be asked. */
export function unaskable({ peerId, ipv4Addr }: ExpectedNode, port: number): PortSighting | null {
  if (describePeerId(peerId) === 'no-key')
    return notReached(
      'it is a placeholder without a key, as new deployments have',
      '`wcn nodes update -f FILE` puts your nodes in the place of the placeholders',
    )
  if (isNoHostAddress(ipv4Addr))
    return notReached(
      `no machine has the address ${ipv4Addr}`,
      'is the encryption key that of this cluster? `wcn doctor --only encryption-key` tells',
    )
  if (isDocumentation(ipv4Addr))
    return notReached(
      'that is a documentation address: nobody answers there, and nothing was sent',
      'put the real address on chain: `wcn nodes update NODE --ip-address IPV4`',
    )
  return port === 0 ? notReached('there is no port 0', 'put the real port on chain: `wcn nodes update`') : null
}

function sighting(report: PortReport, rttMs: number | null): PortSighting {
  return { report, rttMs, swapped: false, isDatabase: false, hint: null }
}

function notReached(reason: string, hint: string): PortSighting {
  return { ...sighting({ kind: 'unreachable', reason }, null), hint }
}
