/** What a node says of itself, held against the chain. */
import type { Verdict } from '../../base/check.js'
import { counted } from '../../base/counted.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { NodeMetrics, PeerErrors } from './node-metrics.js'
import { type UnreachablePeer, unreachablePeers } from './peers-check.js'
import { versionsBehind } from './provider-health.js'

/** What became of asking a node for its metrics. */
export type MetricsSighting =
  /** `counters`: of all its peers. */
  | { readonly kind: 'read'; readonly health: MetricsHealth; readonly counters: readonly PeerErrors[] }
  /** `problem` follows the node's name. `status`: how bad that is. */
  | {
      readonly kind: 'none'
      readonly status: 'warn' | 'fail'
      readonly problem: string
      readonly hint: string
    }

/** A null is what it did not say. */
export interface MetricsHealth extends Omit<NodeMetrics, 'peerErrors'> {
  readonly source: 'quic' | 'http'
  /** Versions behind the chain's; 0 = caught up. */
  readonly clusterBehind: number | null
  readonly keyspaceBehind: number | null
  /** Null where the counters were read only once. */
  readonly unreachablePeers: readonly UnreachablePeer[] | null
}

/** Less than this part of it free is worth a word. */
const LITTLE_MEMORY = 0.05

/** `second`: a while later; null where they were not read again. `view`: the cluster as it was known at the first. */
export function metricsSighting(
  source: 'quic' | 'http',
  first: NodeMetrics,
  second: NodeMetrics | null,
  view: ClusterView,
): Extract<MetricsSighting, { kind: 'read' }> {
  const { peerErrors: counters, ...figures } = second ?? first
  const { clusterVersion, keyspaceVersion } = figures
  const nothingCounted = counters.length > 0 && counters.every(({ count }) => count === 0)
  const health = {
    source,
    ...figures,
    clusterBehind: clusterVersion === null ? null : versionsBehind(clusterVersion, view.version),
    keyspaceBehind: keyspaceVersion === null ? null : versionsBehind(keyspaceVersion, view.keyspaceVersion),
    unreachablePeers: second ? unreachablePeers(first.peerErrors, counters) : nothingCounted ? [] : null,
  }
  return { kind: 'read', health, counters }
}

/** Whether it pays to read them again: failures may be old, and a lag that of a write a moment ago. */
export function wantsSecondLook({ health, counters }: ReturnType<typeof metricsSighting>): boolean {
  return counters.some(({ count }) => count > 0) || caughtUp(health) === false
}

/** Null where it does not say both versions and is not behind in the one it says. */
export function caughtUp({ clusterBehind, keyspaceBehind }: MetricsHealth): boolean | null {
  if ((clusterBehind ?? 0) > 0 || (keyspaceBehind ?? 0) > 0) return false
  return clusterBehind === null || keyspaceBehind === null ? null : true
}

export function metricsVerdict(sighting: MetricsSighting): Verdict {
  if (sighting.kind === 'none') return [sighting.status, sighting.problem, sighting.hint]
  const { softwareVersion, totalMemoryBytes: total, availableMemoryBytes: free } = sighting.health
  const runs = `runs version ${softwareVersion ?? 'unknown'}`
  if (total === null || free === null || total === 0) return ['pass', runs]
  const memory = `${runs}, with ${gibibytes(free)} of ${gibibytes(total)} of memory available`
  if (free / total >= LITTLE_MEMORY) return ['pass', memory]
  return ['warn', memory, 'see what takes it before the system ends the node: `free -h`, `dmesg -T | grep -i oom`']
}

export function caughtUpVerdict(health: MetricsHealth): Verdict {
  const { clusterVersion, keyspaceVersion, clusterBehind, keyspaceBehind } = health
  const known = caughtUp(health)
  if (known === null) return ['warn', 'its metrics do not say with which version of the cluster it works']
  const works = `cluster version ${clusterVersion ?? 'unknown'}, keyspace version ${keyspaceVersion ?? 'unknown'}`
  if (known) return ['pass', `has caught up with the chain: ${works}`]
  const behind = [
    ...(clusterBehind ? [`${counted(clusterBehind, 'version')} of the cluster`] : []),
    ...(keyspaceBehind ? [`${counted(keyspaceBehind, 'version')} of the keyspace`] : []),
  ]
  return [
    'fail',
    `is behind the chain by ${behind.join(' and ')}: it works with ${works}`,
    'nodes follow within seconds, at the latest after a minute: look again then; if it stays behind, read its log and restart it',
  ]
}

export function gibibytes(bytes: number): string {
  const size = bytes / 2 ** 30
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} GiB`
}
