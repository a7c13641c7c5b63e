/** How nodes are doing, one line each: what `nodes check`, rollouts and rotations show people. */

import type { Paint } from '../cli/paint.js'
import type { PortDiagnosis } from './model/node-health.js'
import type {
  DatabaseHealthJson,
  MetricsHealthJson,
  NodeHealthJson,
  PortHealthJson,
  ProviderHealthJson,
} from './model/to-json.js'

/** Without a line break at the end. Columns that nothing is known of for any node are left out. */
export function nodeHealthText(nodes: readonly NodeHealthJson[], paint: Paint): string {
  const columns = COLUMNS.filter(({ of }) => nodes.some((node) => of(node, paint) !== null))
  return paint.table(
    columns.map(({ title }) => title),
    nodes.map((node) => columns.map(({ of }) => of(node, paint) ?? paint.dim('-'))),
  )
}

interface Column {
  readonly title: string
  /** Null: not known. */
  readonly of: (node: NodeHealthJson, paint: Paint) => string | null
}

const COLUMNS: readonly Column[] = [
  { title: '', of: (node, paint) => stateOf(node, paint) },
  { title: 'node', of: ({ node }, paint) => paint.text(node.label) },
  { title: 'address', of: ({ node }, paint) => paint.text(node.ipv4_addr) },
  { title: 'primary', of: ({ primary }, paint) => portText(primary, paint) },
  { title: 'secondary', of: ({ secondary }, paint) => portText(secondary, paint) },
  { title: 'chain access', of: ({ provider }, paint) => provider && providerText(provider, paint) },
  { title: 'chain state', of: ({ caught_up, metrics }, paint) => caughtUpText(caught_up, metrics, paint) },
  { title: 'version', of: ({ metrics }, paint) => shown(metrics?.software_version ?? null, paint) },
  { title: 'memory', of: ({ metrics }) => metrics && memoryText(metrics) },
  { title: 'database', of: ({ database }, paint) => database && databaseText(database, paint) },
]

function stateOf({ operational, caught_up, primary, secondary }: NodeHealthJson, paint: Paint): string {
  if (operational) return caught_up === false ? paint.warn('behind') : paint.good('up')
  const mayBeUp = ({ diagnosis }: PortHealthJson) => diagnosis === 'ok' || diagnosis === 'unproven'
  const unproven = [primary, secondary].some(({ diagnosis }) => diagnosis === 'unproven')
  return unproven && mayBeUp(primary) && mayBeUp(secondary) ? paint.warn('unproven') : paint.bad('NOT UP')
}

const DIAGNOSES: Record<PortDiagnosis, string> = {
  ok: 'ok',
  unproven: 'QUIC, unproven',
  closed: 'closed',
  silent: 'no answer',
  'tcp-only': 'TCP only',
  unreachable: 'unreachable',
  'not-quic': 'not QUIC',
  'not-libp2p': 'not libp2p',
  'handshake-unfinished': 'no handshake',
  'other-own-node': 'another of yours',
  'other-operator': "another operator's",
  stranger: 'a stranger',
  swapped: 'swapped',
  'rpc-silent': 'RPC silent',
  'rpc-garbage': 'RPC garbage',
}

function portText({ port, diagnosis, rtt_ms, handshake_ms }: PortHealthJson, paint: Paint): string {
  const word = DIAGNOSES[diagnosis]
  const latency = rtt_ms ?? handshake_ms
  if (diagnosis === 'ok') return `${port} ${word}${latency === null ? '' : ` ${milliseconds(latency)}`}`
  return `${port} ${diagnosis === 'unproven' ? paint.warn(word) : paint.bad(word)}`
}

function providerText({ problem, same_cluster, behind }: ProviderHealthJson, paint: Paint): string {
  if (problem !== null) return paint.bad('no answer')
  if (same_cluster === false) return paint.bad('another cluster')
  return behind === null || behind === 0 ? 'ok' : paint.warn(`${behind} behind`)
}

function caughtUpText(caughtUp: boolean | null, metrics: MetricsHealthJson | null, paint: Paint): string | null {
  if (caughtUp === null) return null
  if (caughtUp) return 'caught up'
  const [cluster, keyspace] = [metrics?.cluster_behind ?? 0, metrics?.keyspace_behind ?? 0]
  return paint.warn(cluster > 0 ? `${cluster} behind` : `keyspace ${keyspace} behind`)
}

function memoryText({ available_memory_bytes, total_memory_bytes }: MetricsHealthJson) {
  if (available_memory_bytes === null) return null
  const free = gibibytes(available_memory_bytes)
  return total_memory_bytes === null ? `${free} GiB free` : `${free} of ${gibibytes(total_memory_bytes)} GiB free`
}

function databaseText({ connected, available_disk_bytes }: DatabaseHealthJson, paint: Paint): string {
  if (!connected) return paint.bad('not connected')
  return available_disk_bytes === null ? 'up' : `up, ${gibibytes(available_disk_bytes)} GiB free`
}

function milliseconds(ms: number): string {
  if (ms < 1) return '<1 ms'
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
}

function gibibytes(bytes: number): string {
  const size = bytes / 2 ** 30
  return size < 10 ? size.toFixed(1) : String(Math.round(size))
}

function shown(value: number | string | null, paint: Paint): string | null {
  return value === null ? null : paint.text(value)
}
