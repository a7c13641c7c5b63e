/**
 * The Prometheus texts of a stand-in: every name and label that nodes and databases write
 * (docs/dev/network/node-protocol.md, "Metrics"), with figures where a stand-in has any and zeros elsewhere.
 */
import { statfsSync } from 'node:fs'
import { cpus, freemem, networkInterfaces, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { PeerServer } from './peers.js'

/** Of the release whose metrics these are. */
const VERSION = '260209.1'
const FUTURE = 'wcn_rpc_server_inbound_connection'
const QUANTILES = ['0', '0.5', '0.9', '0.95', '0.99', '0.999', '1']
const KINDS =
  'Codec Connect Connection ConnectionRejected ExtractPeerId InvalidRpcId Io NotConnected Quic SendBufferFull StreamFinished Timeout TooManyConcurrentRpcs UnknownApi UnknownConnectionStatusCode UnsupportedProtocol Write WrongPeerId WrongResponse'.split(
    ' ',
  )
/** The allocator's size classes: four to each doubling, the last one without its end. */
const BIN_SIZES = [8, 16, 32, 48].concat(
  [64, 128, 256, 512, 1024, 2048, 4096, 8192].flatMap((base) => [1, 1.25, 1.5, 1.75].map((factor) => base * factor)),
)

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number | bigint]

export function databaseMetricsText(directory: string): string {
  const disk = spaceOf(directory)
  return [
    metric('wcn_db_version', 'gauge', [[{}, Number(VERSION)]]),
    metric('wcn_disk_available_space', 'gauge', [[{}, disk.available]]),
    metric('wcn_disk_total_space', 'gauge', [[{}, disk.total]]),
    ...shared([
      ['primary', 'Database'],
      ['secondary', 'Database'],
      ['secondary', 'Metrics'],
    ]),
  ].join('\n')
}

/** `failures`: of connections, by `host:port peerId kind`. */
export function nodeMetricsText(
  versions: { readonly cluster: bigint; readonly keyspace: bigint },
  dialled: readonly PeerServer[],
  failures: ReadonlyMap<string, number>,
): string {
  const servers = dialled.map(({ host, port, ...server }) => ({ address: `${host}:${port}`, ...server }))
  return [
    metric('wcn_node_version', 'gauge', [[{}, Number(VERSION)]]),
    metric('wcn_node_cluster_version', 'gauge', [[{}, versions.cluster]]),
    metric('wcn_node_keyspace_version', 'gauge', [[{}, versions.keyspace]]),
    metric(
      'wcn_rpc_client_connection_errors',
      'counter',
      servers.flatMap(({ peerId, address }) =>
        KINDS.map((kind): Sample => {
          const labels = { remote_addr: address, remote_peer_id: peerId, kind }
          return [labels, failures.get(`${address} ${peerId} ${kind}`) ?? 0]
        }),
      ),
    ),
    metric(
      'wcn_rpc_client_outbound_connections',
      'gauge',
      servers.flatMap(({ address, apis }) => apis.map((api): Sample => [{ remote_addr: address, api }, 1])),
    ),
    ...shared([
      ['primary', 'Replica'],
      ['secondary', 'Replica'],
      ['secondary', 'Metrics'],
    ]),
  ].join('\n')
}

function shared(servers: readonly (readonly [server: string, api: string])[]): readonly string[] {
  const futures = servers.map(([server_name, api]) => ({ server_name, api, future_name: FUTURE }))
  const zero = (labels: readonly Labels[]) => labels.map((one): Sample => [one, 0])
  const counters = ['future_polls', 'futures_cancelled', 'futures_created', 'futures_finished', 'futures_started']
  const durations = ['future_duration', 'future_cancelled_duration', 'future_poll_duration']
  const bins = zero(BIN_SIZES.map((size) => ({ bin_size: String(size) })))
  const links = zero(Object.keys(networkInterfaces()).map((network) => ({ network })))
  const [total, free, { rss, heapUsed }] = [totalmem(), freemem(), process.memoryUsage()]
  const memory = { total, available: free, free, used: total - free }
  const heap = { active: heapUsed, allocated: heapUsed, mapped: rss, metadata: 0, resident: rss, retained: 0 }
  return [
    ...counters.map((name) => metric(`${name}_count`, 'counter', zero(futures))),
    metric('futures_in_flight', 'gauge', zero(futures)),
    ...durations.map((name) => summary(name, futures)),
    metric('future_poll_duration_max', 'gauge', zero(futures)),
    ...['nactive', 'nactive_size', 'ndalloc', 'nmalloc', 'nrequests'].map((name) =>
      metric(`jemalloc_memory_bin_${name}`, 'gauge', bins),
    ),
    ...Object.entries(heap).map(([name, bytes]) => metric(`jemalloc_memory_${name}`, 'gauge', [[{}, bytes]])),
    ...Object.entries(memory).map(([name, bytes]) => metric(`wcn_${name}_memory`, 'gauge', [[{}, bytes]])),
    metric('wcn_cpu_usage_percent_per_core_gauge', 'gauge', zero(cpus().map((_, core) => ({ n_core: String(core) })))),
    metric('wcn_network_rx_bytes_total', 'gauge', links),
    metric('wcn_network_tx_bytes_total', 'gauge', links),
  ]
}

function metric(name: string, type: 'gauge' | 'counter', samples: readonly Sample[]): string {
  return `# TYPE ${name} ${type}\n${samples.map(([labels, value]) => line(name, labels, value)).join('')}`
}

function summary(name: string, all: readonly Labels[]): string {
  const lines = all.flatMap((labels) => [
    ...QUANTILES.map((quantile) => line(name, { ...labels, quantile }, 0)),
    line(`${name}_sum`, labels, 0),
    line(`${name}_count`, labels, 0),
  ])
  return `# TYPE ${name} summary\n${lines.join('')}`
}

function line(name: string, labels: Labels, value: number | bigint): string {
  const text = Object.entries(labels).map(([label, content]) => `${label}="${content}"`)
  return `${name}${text.length === 0 ? '' : `{${text.join(',')}}`} ${value}\n`
}

/** What a stand-in's database would have: it keeps nothing, and makes no directory. */
function spaceOf(directory: string): { readonly available: number; readonly total: number } {
  try {
    const { bavail, blocks, bsize } = statfsSync(directory)
    return { available: bavail * bsize, total: blocks * bsize }
  } catch (error) {
    const parent = dirname(directory)
    if (parent === directory) throw error
    return spaceOf(parent)
  }
}
