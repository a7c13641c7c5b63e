/**
 * What a node or a database says of itself in Prometheus' text (docs/dev/network/node-protocol.md, "Metrics"). The text is
 * untrusted: of any size, with any labels, or no such text at all.
 */
import { gauge, samplesOf } from '../../peer/protocol/metrics-text.js'

/** Nulls are what it did not say. */
export type NodeMetrics = Exclude<ReturnType<typeof readNodeMetrics>, Unreadable>
export type DatabaseMetrics = Exclude<ReturnType<typeof readDatabaseMetrics>, Unreadable>
/** One counter of failed attempts to reach a peer, by the node's own labels: untrusted text. */
export type PeerErrors = NodeMetrics['peerErrors'][number]

/** Why nothing could be read, to follow "that is ". */
interface Unreadable {
  readonly problem: string
}

/** A large node's has some hundred thousand characters. */
const MAX_CHARACTERS = 4 * 1024 * 1024
const MAX_LINES = 50_000
const MAX_LABEL = 100
const VERSIONS = /^wcn_(?:node|db)_\w*version .*$/gm
const USED = /^wcn_(?:node|db|total|available|disk|rpc_client_connection)_.*$/gm

export function readNodeMetrics(text: string) {
  const lines = usedLines(text, USED)
  if (typeof lines !== 'string') return lines
  const versions = versionsIn(lines)
  if ('problem' in versions) return versions
  return {
    ...versions,
    totalMemoryBytes: amount(lines, 'wcn_total_memory'),
    availableMemoryBytes: amount(lines, 'wcn_available_memory'),
    /** Of every peer that the node has ever dialled, zeros included. */
    peerErrors: samplesOf(lines, 'wcn_rpc_client_connection_errors')
      .filter(({ value }) => Number.isFinite(value) && value >= 0)
      .map(({ labels: { remote_peer_id, remote_addr, kind }, value }) => ({
        peerId: short(remote_peer_id),
        address: short(remote_addr),
        /** As the node counts it: `Timeout`, `Connection`, `WrongPeerId`, … */
        kind: short(kind),
        count: value,
      })),
  }
}

/** What a node runs and how far it has got, where nothing else of it is asked: its peers' counters are most of the text. */
export function readNodeVersions(text: string) {
  const lines = usedLines(text, VERSIONS)
  return typeof lines === 'string' ? versionsIn(lines) : lines
}

function versionsIn(lines: string) {
  const versions = {
    softwareVersion: amount(lines, 'wcn_node_version'),
    clusterVersion: version(lines, 'wcn_node_cluster_version'),
    keyspaceVersion: version(lines, 'wcn_node_keyspace_version'),
  }
  if (Object.values(versions).some((value) => value !== null)) return versions
  if (gauge(lines, 'wcn_db_version') !== null) return { problem: "a database's metrics, not a node's" }
  return { problem: "no node's metrics" }
}

export function readDatabaseMetrics(text: string) {
  const lines = usedLines(text, USED)
  if (typeof lines !== 'string') return lines
  const softwareVersion = amount(lines, 'wcn_db_version')
  if (softwareVersion === null) return { problem: "no database's metrics" }
  return {
    softwareVersion,
    totalMemoryBytes: amount(lines, 'wcn_total_memory'),
    availableMemoryBytes: amount(lines, 'wcn_available_memory'),
    /** Null where the data's mount is not in the machine's list of disks. */
    availableDiskBytes: amount(lines, 'wcn_disk_available_space'),
    totalDiskBytes: amount(lines, 'wcn_disk_total_space'),
  }
}

function usedLines(text: string, used: RegExp): string | Unreadable {
  if (text.length > MAX_CHARACTERS) return { problem: `${text.length} characters, more than any metrics have` }
  return (text.match(used) ?? []).slice(0, MAX_LINES).join('\n')
}

function amount(lines: string, metric: string): number | null {
  const value = gauge(lines, metric)
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null
}

/** Gauges are floating-point numbers: above 2^53 they would be some other version. */
function version(lines: string, metric: string): bigint | null {
  const value = amount(lines, metric)
  return value !== null && Number.isSafeInteger(value) ? BigInt(value) : null
}

function short(label = ''): string {
  return label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL)}…` : label
}
