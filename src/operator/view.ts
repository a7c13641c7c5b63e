/** An operator, its account and what is left of its money, as people read them. */

import { showAddress } from '../base/address.js'
import { counted } from '../base/counted.js'
import { etherInWords, shareInWords, weiAsEther } from '../base/wei.js'
import { ADDRESSES_HIDDEN, clientsTable, nodesTable } from '../cli/operator-tables.js'
import type { Paint } from '../cli/paint.js'
import type { DataOf } from '../cli/services.js'
import type { run as operatorAddress } from './operator-address.js'
import type { run as operatorFunds } from './operator-funds.js'
import type { run as operatorKeygen } from './operator-keygen.js'
import type { run as operatorView } from './operator-view.js'

export function operatorViewText(data: DataOf<typeof operatorView>, paint: Paint): string {
  const { operator, block, max_operator_data_bytes: limit, maintenance: holder } = data
  const head: [string, string][] = [
    ['operator', showAddress(operator.id)],
    ['slot', String(operator.slot)],
    ['contract', `${showAddress(data.contract)} on chain ${data.chain_id}`],
    ['block', `${block.number}, cluster version ${data.version}`],
    ['data', `${operator.data_bytes} of ${limit} bytes`],
    ['migration', data.migration_in_progress ? paint.warn('in progress') : 'none in progress'],
    [
      'maintenance',
      holder === null ? 'nobody' : paint.warn(holder === operator.id ? 'this operator' : showAddress(holder)),
    ],
  ]
  if ('corrupted' in operator)
    return paint.screen(
      `${paint.fields(head)}\n${paint.bad('the network cannot decode this operator:')} ${paint.text(operator.reason)}`,
    )
  const fields = paint.fields([
    ['name', paint.bold(paint.text(operator.name))],
    ...head,
    ['keyspace', operator.in_keyspace ? 'stores data' : 'not in the keyspace'],
    ...(operator.trailing_bytes > 0
      ? ([['trailing bytes', `${operator.trailing_bytes}, unknown to this version`]] as const)
      : []),
  ])
  const nodes = nodesTable(operator.nodes, paint)
  const clients = clientsTable(operator.clients, paint)
  const note = operator.addresses ? paint.dim(ADDRESSES_HIDDEN) : ''
  return paint.screen(fields, nodes, clients, note)
}

export function operatorFundsText(funds: DataOf<typeof operatorFunds>, paint: Paint): string {
  const balanceWei = BigInt(funds.balance_wei)
  const enough = funds.sufficient && funds.writes_left !== 0
  const fields = paint.fields([
    ['operator', showAddress(funds.operator)],
    ['balance', (enough ? paint.good : paint.bad)(etherInWords(balanceWei, 'down'))],
    ...(funds.min_wei === null ? [] : [['at least', `${weiAsEther(BigInt(funds.min_wei))} ETH`] as const]),
    ['a write costs', costOfWrite(funds, balanceWei)],
    ...(funds.writes_left === null ? [] : [['lasts for', counted(funds.writes_left, 'more write')] as const]),
  ])
  return paint.screen(fields, enough ? '' : paint.next(`send ETH on Optimism to ${showAddress(funds.operator)}`, null))
}

function costOfWrite({ average_cost_wei, basis }: DataOf<typeof operatorFunds>, balanceWei: bigint): string {
  if (average_cost_wei === null) return 'not known: nothing was sent yet, and it could not be estimated'
  const wei = BigInt(average_cost_wei)
  const share = shareInWords(wei, balanceWei)
  const how = basis === 'journal' ? 'on average' : 'at most, by estimate: nothing was sent yet'
  return `${etherInWords(wei)}${share === null ? '' : `, ${share},`} ${how}`
}

export function keygenView({ address, file }: DataOf<typeof operatorKeygen>, paint: Paint): string {
  const fields = paint.fields([
    ['operator ID', showAddress(address)],
    ['private key in', paint.text(file)],
  ])
  return paint.screen(
    fields,
    paint.next('send some ETH on Optimism to this address, and see that it is there', 'wcn operator funds'),
  )
}

export function addressView({ address }: DataOf<typeof operatorAddress>): string {
  return `${showAddress(address)}\n`
}
