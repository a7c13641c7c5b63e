/** A transaction's receipt as providers give it, checked as it comes in. */
import { OP_MAINNET } from '../base/chain-ids.js'
import { WcnError } from '../errors/wcn-error.js'
import { ABSURD_WEI, hash, quantity, record, smallQuantity } from './quantity.js'
import type { Receipt } from './transaction.js'

export interface Settled {
  readonly kind: 'included' | 'reverted'
  readonly receipt: Receipt
}

type Fields = Readonly<Record<string, unknown>>

/** How it ended must be there. What it cost may be missing or garbled: that is not known then. Throws RPC_ERROR. */
export function parseReceipt(value: unknown, chainId: number): Settled {
  const fields = record(value, 'receipt')
  const gasUsed = known(fields.gasUsed)
  const l1FeeWei = fields.l1Fee == null && chainId !== OP_MAINNET ? 0n : known(fields.l1Fee)
  const price = known(fields.effectiveGasPrice)
  const operatorFeeWei = gasUsed === null ? null : operatorFee(fields, gasUsed)
  const isKnown = gasUsed !== null && price !== null && l1FeeWei !== null && operatorFeeWei !== null
  const receipt: Receipt = {
    hash: hash(fields.transactionHash, 'transaction hash'),
    block: {
      number: smallQuantity(fields.blockNumber, 'block number'),
      hash: hash(fields.blockHash, 'block hash'),
    },
    gasUsed,
    l1FeeWei,
    feeWei: isKnown ? gasUsed * price + l1FeeWei + operatorFeeWei : null,
  }
  const status = quantity(fields.status, 'receipt status')
  if (status > 1n) throw new WcnError('RPC_ERROR', `the RPC provider answered with receipt status ${status}`)
  return { kind: status === 1n ? 'included' : 'reverted', receipt }
}

function known(value: unknown): bigint | null {
  const said = typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value) ? BigInt(value) : null
  return said !== null && said < ABSURD_WEI ? said : null
}

/**
 * The OP Stack's fee for whoever runs the chain, from Isthmus on: gas × scalar ÷ 1 000 000 + constant; from Jovian on, whose
 * receipts have a further field, gas × scalar × 100 + constant.
 */
function operatorFee(fields: Fields, gasUsed: bigint): bigint | null {
  const [scalar, constant] = [fields.operatorFeeScalar, fields.operatorFeeConstant].map((value) =>
    value == null ? 0n : known(value),
  )
  if (scalar == null || constant == null) return null
  const isJovian = fields.daFootprintGasScalar != null
  return (isJovian ? gasUsed * scalar * 100n : (gasUsed * scalar) / 1_000_000n) + constant
}
