/** How a node is doing, as far as it can be told from outside (docs/dev/network/node-protocol.md): what is said of what was met. */
import { type Check, check, firstFailure, type Verdict } from '../../base/check.js'
import type { SnakeJson } from '../../base/snake-json.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { type DatabaseHealth, databaseVerdict } from './database-health.js'
import type { ExpectedNode } from './expected-node.js'
import { caughtUp, caughtUpVerdict, type MetricsSighting, metricsVerdict } from './metrics-health.js'
import { peersVerdict } from './peers-check.js'
import { OTHER, portVerdict } from './port-check.js'
import { type PortSighting, portHealth } from './port-health.js'
import { type ProviderHealth, providerVerdict } from './provider-health.js'
import type { WhosePeerId } from './whose-peer-id.js'

/** What was met at a node. Null: not asked, or not told. */
export interface NodeSighting {
  readonly node: ExpectedNode
  readonly primary: PortSighting
  readonly secondary: PortSighting
  readonly provider: ProviderHealth | null
  readonly metrics: MetricsSighting | null
  readonly database: DatabaseHealth | null
}

export type NodeHealth = ReturnType<typeof nodeHealth>

export function nodeHealth(sighting: NodeSighting, view: ClusterView, whose: WhosePeerId) {
  const { node, provider, database, metrics: told } = sighting
  const { label, peerId } = node
  const ports = {
    primary: portHealth(sighting.primary, node.primaryPort, peerId, whose),
    secondary: portHealth(sighting.secondary, node.secondaryPort, peerId, whose),
  }
  const portCheck = (which: 'primary' | 'secondary') =>
    portVerdict({
      node,
      which,
      health: ports[which],
      sighting: sighting[which],
      other: ports[OTHER[which]].diagnosis,
      whose,
    })
  const read = told?.kind === 'read' ? told : null
  const metrics = told?.kind === 'read' ? told.health : null
  const unreachable = metrics?.unreachablePeers
  const verdicts: Readonly<Record<string, Verdict | null | undefined>> = {
    'primary-port': portCheck('primary'),
    'secondary-port': portCheck('secondary'),
    provider: provider && providerVerdict(provider, view),
    metrics: told && metricsVerdict(told),
    'caught-up': metrics && caughtUpVerdict(metrics),
    peers: read && unreachable && peersVerdict(unreachable, read.counters, whose),
    database: database && databaseVerdict(database, unreachable ?? [], whose),
  }
  return {
    node,
    /** Both ports answer as this node, their RPC servers live, and its provider shows this cluster. */
    operational:
      ports.primary.diagnosis === 'ok' && ports.secondary.diagnosis === 'ok' && provider?.sameCluster === true,
    /** Whether the state it works with is the chain's; null where only its metrics could tell and they were not read. */
    caughtUp: metrics && caughtUp(metrics),
    ...ports,
    provider,
    metrics,
    database,
    /** What was found, a line each; their IDs begin with the node's label. */
    checks: Object.entries(verdicts).flatMap(([id, verdict]): readonly Check[] => {
      if (!verdict) return []
      const [status, sentence, hint] = verdict
      return [check(`${label}.${id}`, status, `${label}: ${sentence}`, hint)]
    }),
  }
}

/** Whether it may be counted on: operational and, as far as that is known, caught up. */
export function isUp({ operational, caughtUp }: NodeHealth): boolean {
  return operational && caughtUp !== false
}

/** What keeps it from being counted on, without its name before it. It may quote untrusted text. */
export function whyNotUp({ node, checks, primary, secondary, caughtUp }: NodeHealth): string {
  const found = firstFailure(checks) ?? checks.find(({ status }) => status === 'warn')
  const name = `${node.label}: `
  if (found) return found.summary.startsWith(name) ? found.summary.slice(name.length) : found.summary
  if (caughtUp === false) return 'has not caught up with the chain'
  return `its primary port is ${primary.diagnosis}, its secondary port ${secondary.diagnosis}`
}

/** Whether it answers as itself at its address, at either port: that proves the key that decrypted the address. */
export function isAtItsAddress({ node, primary, secondary }: NodeHealth): boolean {
  return [primary, secondary].some(({ peerId }) => peerId === node.peerId)
}

/**
 * A wrong encryption key decrypts addresses too, and sends whoever looks for a fault to other people's. `hint`: where to
 * look at the addresses.
 */
export function doubtfulKey(hint: string): Check {
  const doubt =
    'no node answers as itself at the address that the encryption key decrypts, and nothing else proves the key right'
  return check('encryption-key', 'warn', doubt, hint)
}

/** As `nodes check`, rollouts and errors' details show it. Field names are a promise to scripts: add, never rename. */
export type NodeHealthJson = SnakeJson<NodeHealth>
