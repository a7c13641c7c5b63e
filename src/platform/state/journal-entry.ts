/**
 * A transaction in the journal: written down before it leaves, and again when it has settled (docs/dev/never.md 1).
 * What it was based on tells later whether sending the same bytes again still means what it meant.
 */
import type { Address } from '../../base/address.js'
import type { Hex } from '../../base/hex.js'
import type { BlockRef, Fees, SignedTransaction, TransactionRequest } from '../../chain/transaction.js'
import { addressValue, bigValue, blockValue, hexValue } from '../../documents/chain-values.js'
import { orNull, recordOf, type Shape, yesOrNo } from '../../documents/shape.js'

export const WRITE_KINDS = [
  'operator-data',
  'operator-add',
  'maintenance-enter',
  'maintenance-exit',
  'deploy',
  'cancel',
  'other',
] as const
export type WriteKind = (typeof WRITE_KINDS)[number]

/** The state of a cluster as far as a write depends on it. */
export interface WriteBase {
  readonly block: BlockRef
  /** The operator that is written, and its data then; null data: it was none. Null: none is written. */
  readonly operator: { readonly id: Address; readonly data: Hex | null } | null
  readonly migration: { readonly id: bigint; readonly pulling: boolean }
  readonly maintenance: Address | null
}

export const baseValue: Shape<WriteBase> = recordOf({
  block: blockValue,
  operator: orNull(recordOf({ id: addressValue, data: orNull(hexValue) })),
  migration: recordOf({ id: bigValue, pulling: yesOrNo }),
  maintenance: orNull(addressValue),
})

/** As files hold it. */
export function writtenBase({ block, operator, migration, maintenance }: WriteBase) {
  return {
    block: blockName(block),
    operator: operator && { id: operator.id, data: operator.data },
    migration: { id: String(migration.id), pulling: migration.pulling },
    maintenance,
  }
}

/** Callers pass blocks that carry more than that. */
export function blockName({ number, hash }: BlockRef): BlockRef {
  return { number, hash }
}

export type EntryState =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'included' | 'reverted'
      readonly block: BlockRef
      /** Here and below null: not known. */
      readonly gasUsed: bigint | null
      /** Wei, including the L1 data fee. */
      readonly feeWei: bigint | null
      readonly l1FeeWei: bigint | null
    }
  | { readonly kind: 'replaced'; readonly by: Hex | null }
  /** Every provider refused it and none knows it. */
  | { readonly kind: 'rejected'; readonly reason: string }

/** One journal: transactions of one account on one contract of one chain. `contract` null: what founds a contract. */
export interface JournalKey {
  readonly chainId: number
  readonly genesisHash: Hex
  readonly contract: Address | null
  readonly signer: Address
}

export interface JournalEntry {
  readonly transaction: SignedTransaction
  readonly request: TransactionRequest
  readonly gas: bigint
  readonly fees: Fees
  readonly what: { readonly kind: WriteKind; readonly title: string }
  /** Null where the state of no cluster matters: deployments and cancellations. */
  readonly base: WriteBase | null
  /** Unix seconds. */
  readonly signedAt: number
  /** The transaction of the same nonce that this one shall take the place of. */
  readonly supersedes: Hex | null
  readonly state: EntryState
}
