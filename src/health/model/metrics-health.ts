/** What a node says of itself, held against the chain. */
import { type Check, check } from '../../base/check.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { MetricsHealth } from './node-health.js'
import type { NodeMetrics } from './node-metrics.js'
import { versions, versionsBehind } from './provider-health.js'
import { unreachablePeers } from './unreachable-peers.js'

/** What became of asking a node for its metrics. */
export type MetricsSighting =
  | {
      readonly kind: 'read'
      readonly source: 'quic' | 'http'
      readonly first: NodeMetrics
      /** A while later; null where it was not read again. */
      readonly second: NodeMetrics | null
      /** The cluster as it was known then. */
      readonly view: ClusterView
    }
  /** `problem` follows the node's name. `status`: how bad that is. */
  | {
      readonly kind: 'none'
      readonly status: 'warn' | 'fail'
      readonly problem: string
      readonly hint: string
    }

/** Less than this part of it free is worth a word. */
const LITTLE_MEMORY = 0.05

/** Whether it pays to read them again: failures may be old, and a lag that of a write a moment ago. */
export function wantsSecondLook(metrics: NodeMetrics, view: ClusterView): boolean {
  return metrics.peerErrors.some(({ count }) => count > 0) || caughtUpOf(metrics, view) === false
}

export function metricsHealth(sighting: MetricsSighting): MetricsHealth | null {
  if (sighting.kind === 'none') return null
  const { source, first, second, view } = sighting
  const { clusterVersion, keyspaceVersion, softwareVersion, totalMemoryBytes, availableMemoryBytes } = second ?? first
  const nothingCounted = first.peerErrors.every(({ count }) => count === 0)
  return {
    source,
    softwareVersion,
    totalMemoryBytes,
    availableMemoryBytes,
    clusterVersion,
    keyspaceVersion,
    clusterBehind: clusterVersion === null ? null : versionsBehind(clusterVersion, view.version),
    keyspaceBehind: keyspaceVersion === null ? null : versionsBehind(keyspaceVersion, view.keyspaceVersion),
    unreachablePeers: second
      ? unreachablePeers(first.peerErrors, second.peerErrors)
      : nothingCounted && first.peerErrors.length > 0
        ? []
        : null,
  }
}

/** Null where it does not say both versions and is not behind in the one it says. */
export function caughtUp({ clusterBehind, keyspaceBehind }: MetricsHealth): boolean | null {
  if ((clusterBehind ?? 0) > 0 || (keyspaceBehind ?? 0) > 0) return false
  return clusterBehind === null || keyspaceBehind === null ? null : true
}

export function metricsChecks(label: string, sighting: MetricsSighting, health: MetricsHealth | null): Check[] {
  if (sighting.kind === 'none')
    return [check(`${label}.metrics`, sighting.status, `${label}: ${sighting.problem}`, sighting.hint)]
  return health ? [softwareCheck(label, health), caughtUpCheck(label, health)] : []
}

function softwareCheck(label: string, health: MetricsHealth): Check {
  const { softwareVersion, totalMemoryBytes: total, availableMemoryBytes: free } = health
  const id = `${label}.metrics`
  const runs = `${label}: runs version ${softwareVersion ?? 'unknown'}`
  if (total === null || free === null || total === 0) return check(id, 'pass', runs)
  const memory = `${runs}, with ${gibibytes(free)} of ${gibibytes(total)} of memory available`
  return free / total < LITTLE_MEMORY
    ? check(
        id,
        'warn',
        memory,
        'see what takes it before the system ends the node: `free -h`, `dmesg -T | grep -i oom`',
      )
    : check(id, 'pass', memory)
}

function caughtUpCheck(label: string, health: MetricsHealth): Check {
  const { clusterVersion, keyspaceVersion, clusterBehind, keyspaceBehind } = health
  const id = `${label}.caught-up`
  const known = caughtUp(health)
  if (known === null)
    return check(id, 'warn', `${label}: its metrics do not say with which version of the cluster it works`)
  const works = `cluster version ${clusterVersion ?? 'unknown'}, keyspace version ${keyspaceVersion ?? 'unknown'}`
  if (known) return check(id, 'pass', `${label}: has caught up with the chain: ${works}`)
  const behind = [
    clusterBehind ? `${versions(clusterBehind)} of the cluster` : null,
    keyspaceBehind ? `${versions(keyspaceBehind)} of the keyspace` : null,
  ].filter((part) => part !== null)
  return check(
    id,
    'fail',
    `${label}: is behind the chain by ${behind.join(' and ')}: it works with ${works}`,
    'nodes follow within seconds, at the latest after a minute: look again then; if it stays behind, read its log and restart it',
  )
}

function caughtUpOf({ clusterVersion, keyspaceVersion }: NodeMetrics, view: ClusterView): boolean {
  return (
    (clusterVersion === null || clusterVersion >= view.version) &&
    (keyspaceVersion === null || keyspaceVersion >= view.keyspaceVersion)
  )
}

export function gibibytes(bytes: number): string {
  const size = bytes / 2 ** 30
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} GiB`
}
