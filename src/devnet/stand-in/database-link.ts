/** A stand-in node's way to its database, by which it gives out that one's metrics. */
import type { NodeProbe } from '../../peer/node-probe.js'
import type { NodeEnvironment } from '../model/service-environment.js'
import { isLoopback, whyFailed } from './lookout.js'

const TIMEOUT_MS = 2_000

/** Null where it is not connected. */
export async function databaseMetrics(
  { host, secondaryPort, peerId }: NodeEnvironment['database'],
  probe: NodeProbe,
): Promise<string | null> {
  if (!isLoopback(host)) return null
  const report = await probe.reach({ host, port: secondaryPort, api: 'Metrics' }, TIMEOUT_MS)
  if (report.kind !== 'answers' || report.api.kind !== 'accepted') return null
  const { session } = report.api
  const answer = whyFailed(report, peerId) === null ? await session.call(0, 'db', TIMEOUT_MS) : null
  session.close()
  return answer?.kind === 'ok' && typeof answer.value === 'string' ? answer.value : null
}
