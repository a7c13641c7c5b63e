/** Prometheus texts as nodes and databases write them: those of vectors/, with other numbers. */
import { readFileSync } from 'node:fs'

export interface NodeFigures {
  readonly clusterVersion: bigint | number
  readonly keyspaceVersion: bigint | number
  readonly version?: string
  /** Counters of failed connections, beside the many kinds that are listed at 0. */
  readonly errors?: readonly PeerErrors[]
}

interface PeerErrors {
  readonly peerId: string
  /** `host:port` */
  readonly address: string
  readonly kind: string
  readonly count: number
}

export interface DatabaseFigures {
  readonly version?: string
  /** Null: the gauge is left out, as where the mount is not in the list of disks. */
  readonly availableDiskBytes?: bigint | number | null
}

export function nodeMetrics({ clusterVersion, keyspaceVersion, version, errors = [] }: NodeFigures): string {
  const text = recorded('wcn_node')
    .replace(/^wcn_rpc_client_connection_errors\{.*\n/gm, '')
    .replace(/^(wcn_node_cluster_version) .*$/m, `$1 ${clusterVersion}`)
    .replace(/^(wcn_node_keyspace_version) .*$/m, `$1 ${keyspaceVersion}`)
  const versioned = version === undefined ? text : text.replace(/^(wcn_node_version) .*$/m, `$1 ${version}`)
  const counters = errors.map(
    ({ peerId, address, kind, count }) =>
      `wcn_rpc_client_connection_errors{remote_addr="${address}",remote_peer_id="${peerId}",kind="${kind}"} ${count}\n`,
  )
  return `${versioned}\n# TYPE wcn_rpc_client_connection_errors counter\n${counters.join('')}`
}

export function databaseMetrics({ version, availableDiskBytes }: DatabaseFigures = {}): string {
  const text = recorded('wcn_db')
  const versioned = version === undefined ? text : text.replace(/^(wcn_db_version) .*$/m, `$1 ${version}`)
  if (availableDiskBytes === undefined) return versioned
  const gauge = availableDiskBytes === null ? '' : `wcn_disk_available_space ${availableDiskBytes}`
  return versioned.replace(/^wcn_disk_available_space .*$/m, gauge)
}

function recorded(name: string): string {
  return readFileSync(new URL(`../vectors/${name}.metrics.txt`, import.meta.url), 'utf8')
}
