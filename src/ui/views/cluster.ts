/** A whole cluster as people read it: settings, then one line per operator. */
import type { ClusterJson, OperatorJson } from '../../core/cluster/to-json.js'
import type { Paint } from '../paint.js'
import { showAddress } from '../show-address.js'

export function clusterViewText(data: ClusterJson, paint: Paint): string {
  const { settings, migration, pulling_operators: pulling } = data
  const fields = paint.fields([
    ['contract', `${showAddress(data.contract)} on chain ${data.chain_id}`],
    ['block', `${data.block.number} ${paint.dim(paint.text(data.block.hash))}`],
    ['version', `${data.version}, keyspace ${data.keyspace_version}`],
    ['owner', showAddress(data.owner)],
    ['operators', `${data.operators.length}, at least ${settings.min_operators}`],
    ['data limit', `${settings.max_operator_data_bytes} bytes`],
    ['event latency', `${settings.event_propagation_latency_ms} ms, clock skew ${settings.clock_skew_ms} ms`],
    ['keyspace', slots(data.keyspace)],
    [
      'migration',
      pulling === null
        ? 'none in progress'
        : paint.warn(`${migration?.id} to ${slots(data.new_keyspace ?? [])}; still pulling: ${slots(pulling)}`),
    ],
    ['maintenance', data.maintenance === null ? 'nobody' : paint.warn(showAddress(data.maintenance))],
  ])
  const table = paint.table(
    ['slot', 'operator', 'nodes', 'clients', 'bytes', 'name'],
    data.operators.map((operator) => row(operator, paint)),
  )
  return `${fields}\n\n${table}\n`
}

function row(operator: OperatorJson, paint: Paint): readonly string[] {
  const { slot, id, data_bytes } = operator
  if ('corrupted' in operator)
    return [
      String(slot),
      showAddress(id),
      '-',
      '-',
      String(data_bytes),
      paint.bad(`cannot be decoded: ${paint.text(operator.reason)}`),
    ]
  const { nodes, clients, name, in_keyspace } = operator
  const state = in_keyspace ? '' : paint.dim(' (not in the keyspace)')
  return [
    String(slot),
    showAddress(id),
    String(nodes.length),
    String(clients.length),
    String(data_bytes),
    paint.text(name) + state,
  ]
}

function slots(list: readonly number[]): string {
  return list.join(' ')
}
