/** A whole cluster as people read it: settings, then one line per operator. */

import { showAddress } from '../base/address.js'
import { counted } from '../base/counted.js'
import { utcAndAgo } from '../base/utc.js'
import type { Paint } from '../cli/paint.js'
import type { DataOf } from '../cli/services.js'
import type { run as clusterView } from './cluster-view.js'

type ClusterViewJson = DataOf<typeof clusterView>

export function clusterViewText(data: ClusterViewJson, paint: Paint): string {
  const { settings, pulling_operators: pulling, page } = data
  if (page)
    return paint.screen(
      paint.fields([
        ['page', `${paint.text(page.file)}, ${page.bytes} bytes`],
        ['it shows', `${page.live ? 'the chain and all nodes' : 'the chain'} at block ${data.block.number}`],
        ['and tells', counted(page.events, 'event')],
      ]),
    )
  const fields = paint.fields([
    ['contract', `${showAddress(data.contract)} on chain ${data.chain_id}`],
    ['block', `${data.block.number} ${paint.dim(paint.text(data.block.hash))}`],
    ['version', `${data.version}, keyspace ${data.keyspace_version}`],
    ['owner', showAddress(data.owner)],
    [
      'operators',
      `${counted(data.operators.length, 'operator')}; the contract asks for at least ${settings.min_operators}`,
    ],
    ['data limit', `${settings.max_operator_data_bytes} bytes`],
    ['event latency', `${settings.event_propagation_latency_ms} ms, clock skew ${settings.clock_skew_ms} ms`],
    ['keyspace', `slots ${slots(data.keyspace)}`],
    ['migration', pulling === null ? 'none in progress' : paint.warn(migrationInWords(data, pulling, paint.now()))],
    ['maintenance', data.maintenance === null ? 'nobody' : paint.warn(showAddress(data.maintenance))],
  ])
  const isCounted = data.operators.some(({ shards }) => shards !== undefined)
  const table = paint.table(
    ['slot', 'operator', 'nodes', 'clients?', 'bytes?', ...(isCounted ? ['shards?', 'to pull?'] : []), 'name'],
    data.operators.map((operator) => row(operator, isCounted, paint)),
  )
  return paint.screen(fields, table)
}

function row(operator: ClusterViewJson['operators'][number], counted: boolean, paint: Paint): readonly string[] {
  const { slot, id, data_bytes, shards = null, shards_to_pull = null, looks_like = [] } = operator
  const corrupted = 'corrupted' in operator
  return [
    String(slot),
    showAddress(id),
    corrupted ? '-' : String(operator.nodes.length),
    corrupted ? '-' : String(operator.clients.length),
    String(data_bytes),
    ...(counted ? [String(shards ?? '-'), String(shards_to_pull ?? '-')] : []),
    corrupted
      ? paint.bad(`cannot be decoded: ${paint.text(operator.reason)}`)
      : paint.text(operator.name) +
        (looks_like.length === 0 ? '' : paint.warn(` (looks like slot ${slots(looks_like)})`)) +
        (operator.in_keyspace ? '' : paint.dim(' (not in the keyspace)')),
  ]
}

function migrationInWords(
  { migration, new_keyspace }: ClusterViewJson,
  pulling: readonly number[],
  now: number,
): string {
  const since = migration === null ? '' : `${migration.id}, since ${utcAndAgo(BigInt(migration.started_at), now)}, `
  return `${since}to slots ${slots(new_keyspace ?? [])}; still pulling: slots ${slots(pulling)}`
}

function slots(list: readonly number[]): string {
  return list.join(' ')
}
