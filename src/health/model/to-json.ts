/**
 * How a node is doing, as `nodes check`, rollouts and errors' details show it in JSON. Field names are a promise to
 * scripts: add, never rename.
 */
import type { Check } from '../../base/check.js'
import type { Ipv4 } from '../../base/ipv4.js'
import { jsonInteger } from '../../base/json-integer.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type {
  DatabaseHealth,
  MetricsHealth,
  NodeHealth,
  PortDiagnosis,
  PortHealth,
  ProviderHealth,
} from './node-health.js'

export interface PortHealthJson {
  readonly port: number
  readonly diagnosis: PortDiagnosis
  /** Who answered; null where that is not proven. */
  readonly peer_id: PeerId | null
  readonly handshake_ms: number | null
  readonly rtt_ms: number | null
}

export interface ProviderHealthJson {
  readonly problem: string | null
  readonly same_cluster: boolean | null
  readonly cluster_version: number | string | null
  readonly behind: number | null
}

export interface MetricsHealthJson {
  readonly source: 'quic' | 'http'
  readonly software_version: number | null
  readonly total_memory_bytes: number | null
  readonly available_memory_bytes: number | null
  readonly cluster_version: number | string | null
  readonly keyspace_version: number | string | null
  readonly cluster_behind: number | null
  readonly keyspace_behind: number | null
  /** Text as the node gives it: untrusted. Null where the counters were read only once. */
  readonly unreachable_peers:
    | readonly {
        readonly peer_id: string
        readonly address: string
        readonly kind: string
        readonly failures: number
      }[]
    | null
}

export interface DatabaseHealthJson {
  readonly connected: boolean
  readonly software_version: number | null
  readonly available_disk_bytes: number | null
  readonly total_memory_bytes: number | null
  readonly available_memory_bytes: number | null
  readonly problem: string | null
}

export interface NodeHealthJson {
  readonly node: {
    readonly label: string
    /** Null where it is not on chain. */
    readonly index: number | null
    readonly peer_id: PeerId
    readonly ipv4_addr: Ipv4
    readonly primary_port: number
    readonly secondary_port: number
  }
  readonly operational: boolean
  readonly caught_up: boolean | null
  readonly primary: PortHealthJson
  readonly secondary: PortHealthJson
  readonly provider: ProviderHealthJson | null
  readonly metrics: MetricsHealthJson | null
  readonly database: DatabaseHealthJson | null
  readonly checks: readonly Check[]
}

export function nodeHealthJson(health: NodeHealth): NodeHealthJson {
  const { node, provider, metrics, database } = health
  return {
    node: {
      label: node.label,
      index: node.index,
      peer_id: node.peerId,
      ipv4_addr: node.ipv4Addr,
      primary_port: node.primaryPort,
      secondary_port: node.secondaryPort,
    },
    operational: health.operational,
    caught_up: health.caughtUp,
    primary: portJson(health.primary),
    secondary: portJson(health.secondary),
    provider: provider && providerJson(provider),
    metrics: metrics && metricsJson(metrics),
    database: database && databaseJson(database),
    checks: health.checks,
  }
}

function portJson({ port, diagnosis, peerId, handshakeMs, rttMs }: PortHealth): PortHealthJson {
  return { port, diagnosis, peer_id: peerId, handshake_ms: handshakeMs, rtt_ms: rttMs }
}

function providerJson({ problem, sameCluster, clusterVersion, behind }: ProviderHealth): ProviderHealthJson {
  return { problem, same_cluster: sameCluster, cluster_version: integer(clusterVersion), behind }
}

function metricsJson(metrics: MetricsHealth): MetricsHealthJson {
  return {
    source: metrics.source,
    software_version: metrics.softwareVersion,
    total_memory_bytes: metrics.totalMemoryBytes,
    available_memory_bytes: metrics.availableMemoryBytes,
    cluster_version: integer(metrics.clusterVersion),
    keyspace_version: integer(metrics.keyspaceVersion),
    cluster_behind: metrics.clusterBehind,
    keyspace_behind: metrics.keyspaceBehind,
    unreachable_peers:
      metrics.unreachablePeers?.map(({ peerId, address, kind, failures }) => ({
        peer_id: peerId,
        address,
        kind,
        failures,
      })) ?? null,
  }
}

function databaseJson(database: DatabaseHealth): DatabaseHealthJson {
  return {
    connected: database.connected,
    software_version: database.softwareVersion,
    available_disk_bytes: database.availableDiskBytes,
    total_memory_bytes: database.totalMemoryBytes,
    available_memory_bytes: database.availableMemoryBytes,
    problem: database.problem,
  }
}

function integer(version: bigint | null): number | string | null {
  return version === null ? null : jsonInteger(version)
}
