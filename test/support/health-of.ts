/** What an examiner might say of a node, for tests of what is made of it. */
import type { Check } from '../../src/base/check.js'
import type { ExpectedNode } from '../../src/health/model/expected-node.js'
import type { NodeHealth } from '../../src/health/model/node-health.js'
import type { PortDiagnosis } from '../../src/health/model/port-health.js'

export interface Condition {
  /** Of both ports. `ok` unless given. */
  readonly diagnosis?: PortDiagnosis
  /** Null unless given: metrics were not read. */
  readonly caughtUp?: boolean | null
  /** Among what was found. */
  readonly check?: Check
}

export function healthOf(node: ExpectedNode, { diagnosis = 'ok', caughtUp = null, check }: Condition = {}): NodeHealth {
  const peerId = diagnosis === 'ok' ? node.peerId : null
  const port = { diagnosis, peerId, handshakeMs: null, rttMs: null }
  const operational = diagnosis === 'ok'
  return {
    node,
    primary: { port: node.primaryPort, ...port },
    secondary: { port: node.secondaryPort, ...port },
    provider: operational ? { problem: null, sameCluster: true, clusterVersion: 1n, behind: 0 } : null,
    metrics: null,
    database: null,
    checks: operational
      ? [check ?? []].flat()
      : [
          {
            id: `${node.label}/primary`,
            status: 'fail',
            summary: `${node.label}: its primary port is ${diagnosis}`,
            hint: null,
          },
        ],
    operational,
    caughtUp,
  }
}
