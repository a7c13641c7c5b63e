/** How nodes are doing, one line each: what `nodes check`, rollouts and rotations show people. */

import type { Paint } from '../cli/paint.js'
import type { NodeHealthJson } from './model/node-health.js'
import { milliseconds } from './model/port-check.js'
import { PORT_DIAGNOSES } from './model/port-health.js'

/** Without a line break at the end. Columns that nothing is known of for any node are left out. */
export function nodeHealthText(nodes: readonly NodeHealthJson[], paint: Paint): string {
  const columns = COLUMNS.filter(([, of]) => nodes.some((node) => of(node, paint) !== null))
  return paint.table(
    columns.map(([title]) => title),
    nodes.map((node) => columns.map(([, of]) => of(node, paint) ?? paint.dim('-'))),
  )
}

/** Null: not known. */
type Column = readonly [title: string, of: (node: NodeHealthJson, paint: Paint) => string | null]

const COLUMNS: readonly Column[] = [
  ['', (node, paint) => stateOf(node, paint)],
  ['node', ({ node }, paint) => paint.text(node.label)],
  ['address', ({ node }, paint) => paint.text(node.ipv4_addr)],
  ['primary', ({ primary }, paint) => portText(primary, paint)],
  ['secondary', ({ secondary }, paint) => portText(secondary, paint)],
  ['chain access', ({ provider }, paint) => provider && providerText(provider, paint)],
  ['chain state', (node, paint) => caughtUpText(node, paint)],
  [
    'version?',
    ({ metrics }, paint) => (metrics?.software_version == null ? null : paint.text(metrics.software_version)),
  ],
  ['memory?', ({ metrics }) => metrics && memoryText(metrics)],
  ['database', ({ database }, paint) => database && databaseText(database, paint)],
]

function stateOf({ operational, caught_up, primary, secondary }: NodeHealthJson, paint: Paint): string {
  if (operational) return caught_up === false ? paint.warn('behind') : paint.good('up')
  const ports = [primary.diagnosis, secondary.diagnosis]
  const mayBeUp = ports.every((diagnosis) => diagnosis === 'ok' || diagnosis === 'unproven')
  return mayBeUp && ports.includes('unproven') ? paint.warn('unproven') : paint.bad('NOT UP')
}

function portText({ port, diagnosis, rtt_ms, handshake_ms }: NodeHealthJson['primary'], paint: Paint): string {
  const word = PORT_DIAGNOSES[diagnosis]
  const latency = rtt_ms ?? handshake_ms
  if (diagnosis !== 'ok') return `${port} ${diagnosis === 'unproven' ? paint.warn(word) : paint.bad(word)}`
  return `${port} ${word}${latency === null ? '' : ` ${latency < 1 ? '<1 ms' : milliseconds(latency)}`}`
}

function providerText(
  { problem, same_cluster, behind }: NonNullable<NodeHealthJson['provider']>,
  paint: Paint,
): string {
  if (problem !== null) return paint.bad('no answer')
  if (same_cluster === false) return paint.bad('another cluster')
  return behind ? paint.warn(`${behind} behind`) : 'ok'
}

function caughtUpText({ caught_up, metrics }: NodeHealthJson, paint: Paint): string | null {
  if (caught_up === null) return null
  if (caught_up) return 'caught up'
  const { cluster_behind, keyspace_behind } = metrics ?? {}
  return paint.warn(cluster_behind ? `${cluster_behind} behind` : `keyspace ${keyspace_behind ?? 0} behind`)
}

function memoryText({
  available_memory_bytes: free,
  total_memory_bytes: total,
}: NonNullable<NodeHealthJson['metrics']>): string | null {
  if (free === null) return null
  return total === null ? `${gibibytes(free)} GiB free` : `${gibibytes(free)} of ${gibibytes(total)} GiB free`
}

function databaseText(
  { connected, available_disk_bytes }: NonNullable<NodeHealthJson['database']>,
  paint: Paint,
): string {
  if (!connected) return paint.bad('not connected')
  return available_disk_bytes === null ? 'up' : `up, ${gibibytes(available_disk_bytes)} GiB free`
}

function gibibytes(bytes: number): string {
  const size = bytes / 2 ** 30
  return size < 10 ? size.toFixed(1) : String(Math.round(size))
}
