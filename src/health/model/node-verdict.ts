/** Everything that was seen of a node, made into what is to be said of it. */
import type { Check } from '../../base/check.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { type DatabaseSighting, databaseCheck, databaseHealth } from './database-health.js'
import { diagnosePort, type PortSighting } from './diagnose-port.js'
import { caughtUp, type MetricsSighting, metricsChecks, metricsHealth } from './metrics-health.js'
import type { ExpectedNode, NodeHealth, ProviderHealth } from './node-health.js'
import { peersCheck } from './peers-check.js'
import { portCheck } from './port-check.js'
import { providerCheck } from './provider-health.js'
import type { WhosePeerId } from './whose-peer-id.js'

/** What was met at a node. Null: not asked. */
export interface NodeSighting {
  readonly node: ExpectedNode
  readonly primary: PortSighting
  readonly secondary: PortSighting
  readonly provider: ProviderHealth | null
  readonly metrics: MetricsSighting | null
  readonly database: DatabaseSighting | null
}

/** `asks` 'ports': the node counts as operational by its ports alone. */
export function nodeVerdict(
  sighting: NodeSighting,
  {
    view,
    whose,
    asks,
  }: { readonly view: ClusterView; readonly whose: WhosePeerId; readonly asks: 'ports' | 'everything' },
): NodeHealth {
  const { node, provider, database } = sighting
  const { label, peerId } = node
  const primary = diagnosePort(sighting.primary, { port: node.primaryPort, peerId }, whose)
  const secondary = diagnosePort(sighting.secondary, { port: node.secondaryPort, peerId }, whose)
  const metrics = sighting.metrics && metricsHealth(sighting.metrics)
  const seen = { node, whose }
  const checks: (Check | null)[] = [
    portCheck({
      ...seen,
      which: 'primary',
      health: primary,
      sighting: sighting.primary,
      other: secondary.diagnosis,
    }),
    portCheck({
      ...seen,
      which: 'secondary',
      health: secondary,
      sighting: sighting.secondary,
      other: primary.diagnosis,
    }),
    provider && providerCheck(label, provider, view),
    ...(sighting.metrics ? metricsChecks(label, sighting.metrics, metrics) : []),
    sighting.metrics?.kind === 'read' && metrics
      ? peersCheck(label, metrics, (sighting.metrics.second ?? sighting.metrics.first).peerErrors, whose)
      : null,
    database && databaseCheck(label, database, metrics?.unreachablePeers ?? null, whose),
  ]
  const bothAnswer = primary.diagnosis === 'ok' && secondary.diagnosis === 'ok'
  return {
    node,
    primary,
    secondary,
    provider,
    metrics,
    database: database && databaseHealth(database),
    checks: checks.filter((found) => found !== null),
    operational: bothAnswer && (asks === 'ports' || provider?.sameCluster === true),
    caughtUp: metrics && caughtUp(metrics),
  }
}
