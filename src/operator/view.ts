/** One operator as people read it. */

import { clientsTable, nodesTable } from '../cli/operator-tables.js'
import type { Paint } from '../cli/paint.js'
import { showAddress } from '../cli/show-address.js'
import type { OperatorViewJson } from './operator-view.js'

export function operatorViewText(data: OperatorViewJson, paint: Paint): string {
  const { operator, block, max_operator_data_bytes: limit } = data
  const head: [string, string][] = [
    ['operator', showAddress(operator.id)],
    ['slot', String(operator.slot)],
    ['contract', `${showAddress(data.contract)} on chain ${data.chain_id}`],
    ['block', `${block.number}, cluster version ${data.version}`],
    ['data', `${operator.data_bytes} of ${limit} bytes`],
    ['migration', data.migration_in_progress ? paint.warn('in progress') : 'none in progress'],
    ['maintenance', maintenance(data, paint)],
  ]
  if ('corrupted' in operator)
    return `${paint.fields(head)}\n${paint.bad('the network cannot decode this operator:')} ${paint.text(operator.reason)}\n`
  const fields = paint.fields([
    ['name', paint.bold(paint.text(operator.name))],
    ...head,
    ['keyspace', operator.in_keyspace ? 'stores data' : 'not in the keyspace'],
    ...(operator.trailing_bytes > 0
      ? ([['trailing bytes', `${operator.trailing_bytes}, unknown to this version`]] as const)
      : []),
  ])
  const nodes = nodesTable(operator.nodes, paint)
  const clients = operator.clients.length === 0 ? paint.dim('no clients') : clientsTable(operator.clients, paint)
  const note = operator.addresses ? `\n\n${paint.dim('addresses are encrypted: no encryption key is set')}` : ''
  return `${fields}\n\n${nodes}\n\n${clients}${note}\n`
}

function maintenance({ maintenance: holder, operator }: OperatorViewJson, paint: Paint): string {
  if (holder === null) return 'nobody'
  return holder === operator.id ? paint.warn('this operator') : paint.warn(showAddress(holder))
}
