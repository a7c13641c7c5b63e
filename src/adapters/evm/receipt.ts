/** A transaction's receipt as providers give it, checked as it comes in. */
import { type Address, parseAddress } from '../../core/address.js'
import type { Receipt } from '../../core/ports/transaction.js'
import { WcnError } from '../../errors/wcn-error.js'
import { hash, quantity, record, smallQuantity } from './quantity.js'

export interface Settled {
  readonly kind: 'included' | 'reverted'
  readonly receipt: Receipt
}

/** Throws RPC_ERROR, ADDRESS_INVALID. */
export function parseReceipt(value: unknown): Settled {
  const fields = record(value, 'receipt')
  const gasUsed = quantity(fields.gasUsed, 'gas used')
  const l1FeeWei = fields.l1Fee == null ? 0n : quantity(fields.l1Fee, 'L1 fee')
  const receipt: Receipt = {
    hash: hash(fields.transactionHash, 'transaction hash'),
    block: {
      number: smallQuantity(fields.blockNumber, 'block number'),
      hash: hash(fields.blockHash, 'block hash'),
    },
    gasUsed,
    l1FeeWei,
    feeWei: gasUsed * quantity(fields.effectiveGasPrice, 'gas price') + l1FeeWei,
    contractAddress: createdContract(fields.contractAddress),
  }
  const status = quantity(fields.status, 'receipt status')
  if (status > 1n) throw new WcnError('RPC_ERROR', `the RPC provider answered with receipt status ${status}`)
  return { kind: status === 1n ? 'included' : 'reverted', receipt }
}

function createdContract(value: unknown): Address | null {
  return typeof value === 'string' ? parseAddress(value, 'the receipt') : null
}
