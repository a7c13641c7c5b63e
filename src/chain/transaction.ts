/** A transaction from its making to its end, as actions see it (docs/dev/never.md 1). */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'

/** A block, named so that no other can be meant: its number alone changes hands in a reorganisation. */
export interface BlockRef {
  readonly number: number
  readonly hash: Hex
}

/** A transaction without its account's part; `to` is null where it deploys. */
export interface TransactionRequest {
  readonly to: Address | null
  readonly data: Hex
}

/** What is bid, in wei per gas. */
export interface Fees {
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** A signed transaction: its bytes may be sent any number of times and stay one transaction. */
export interface SignedTransaction {
  readonly hash: Hex
  readonly raw: Hex
  readonly nonce: number
  readonly from: Address
}

/** Signs 32-byte digests with a secp256k1 key; everything that is signed is reduced to that. */
export interface Signer {
  readonly address: Address
  /** 65 bytes r ‖ s ‖ v (27 or 28), low s. */
  signDigest(digest: Hex): Promise<Hex>
}

export interface Receipt {
  readonly hash: Hex
  readonly block: BlockRef
  /** Here and below null: the providers don't tell, or not the same. */
  readonly gasUsed: bigint | null
  /** All that was paid, in wei. */
  readonly feeWei: bigint | null
  /** The part of it that is the OP Stack's fee for the data on L1. */
  readonly l1FeeWei: bigint | null
}

/** What came back when signed bytes were sent. They may have arrived whatever it says: see what became of the hash. */
export interface Broadcast {
  /** At least one provider took them. */
  readonly accepted: boolean
  /** Why providers said no, in their words. */
  readonly refusals: readonly string[]
  /** Why no answer came, by provider. */
  readonly failures: readonly string[]
}

/**
 * What became of a transaction, decided by its hash and its nonce. Only the first three are final. `dropped`: providers
 * knew it and don't any more; `unheard`: none ever knew it, as far as was seen. In both its nonce is free, and it may
 * still be included. `unknown`: it is waiting, or providers don't answer, or it is included but not as final as asked
 * for (then with its receipt).
 */
export type TransactionOutcome =
  | { readonly kind: 'included'; readonly receipt: Receipt }
  | { readonly kind: 'reverted'; readonly receipt: Receipt }
  /** Its nonce was used by another transaction, whose hash is null where it could not be found. */
  | { readonly kind: 'replaced'; readonly by: Hex | null }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'unheard' }
  /** `shown`: a provider has it, waiting or in a block. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly shown: boolean; readonly receipt?: Receipt }

/** `included`: in a canonical block. `safe`: on L1 by the sequencer's word. `finalized`: by L1's finality. */
export const FINALITIES = ['included', 'safe', 'finalized'] as const
export type Finality = (typeof FINALITIES)[number]

export interface FollowOptions {
  readonly finality: Finality
  /** 0 looks once. */
  readonly timeoutMs: number
  /** Says `unheard` after a few looks instead of waiting on: for what no provider took. */
  readonly giveUpUnheard: boolean
  /** A block at which the nonce was free; what took it is looked for from there. */
  readonly sinceBlock: number
  /** Told why it has not settled yet, after each look. */
  readonly onLook?: (reason: string) => void
  /** A provider has taken it this moment: where blocks have a beat, no look comes before the next one. */
  readonly justSent?: boolean
}
