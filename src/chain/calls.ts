/**
 * Calls and transactions that come from elsewhere: what they would do, what has to be signed, and who signed them
 * (docs/dev/network/contract.md; docs/dev/command-line.md, `tx`).
 */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { Fees } from './transaction.js'

export interface CallDecoder {
  /**
   * Null where the bytes are no call of a function that a cluster contract has, or its arguments don't decode. Takes
   * any text.
   */
  decode(data: string): DecodedCall | null
  /** The function that the bytes select, such as `setMaintenance(bool)`, whatever follows; null for an unknown one. */
  functionOf(data: string): string | null
}

/** `canonical`: encoded as every tool does. The contract may refuse, or read differently, what is not. */
export type DecodedCall = ContractCall & { readonly signature: string; readonly canonical: boolean }

export interface EncodedSettings {
  readonly maxOperatorDataBytes: number
  readonly minOperators: number
  readonly extra: Uint8Array
}

/** `data` is an operator's data as it is stored; it may be anything. */
type ContractCall =
  | {
      readonly fn: 'initialize'
      readonly settings: EncodedSettings
      readonly operators: readonly { readonly id: Address; readonly data: Uint8Array }[]
    }
  | { readonly fn: 'startMigration'; readonly slots: readonly number[]; readonly replicationStrategy: number }
  | { readonly fn: 'completeMigration' | 'abortMigration'; readonly id: bigint }
  | {
      readonly fn: 'addNodeOperator' | 'updateNodeOperatorData'
      readonly operator: Address
      readonly data: Uint8Array
    }
  | { readonly fn: 'removeNodeOperator'; readonly operator: Address }
  | { readonly fn: 'setMaintenance'; readonly active: boolean }
  | { readonly fn: 'updateSettings'; readonly settings: EncodedSettings }
  | { readonly fn: 'transferOwnership'; readonly newOwner: Address }
  | { readonly fn: 'acceptOwnership' | 'renounceOwnership' }
  | { readonly fn: 'upgradeToAndCall'; readonly implementation: Address; readonly data: Uint8Array }
  /** A function that only reads. */
  | { readonly fn: 'read' }

/** An EIP-1559 transaction without access list. `to` is null where it creates a contract. */
export interface RawTransaction {
  readonly chainId: number
  readonly nonce: number
  readonly gas: bigint
  readonly fees: Fees
  readonly to: Address | null
  /** Wei. */
  readonly value: bigint
  readonly data: Hex
}

export interface SignedRawTransaction {
  readonly transaction: RawTransaction
  readonly hash: Hex
  /** Whose key made the signature. */
  readonly from: Address
}

export interface RawTransactions {
  /** The 32 bytes that are signed. */
  digest(transaction: RawTransaction): Hex
  /** The bytes to send. `signature` is r ‖ s ‖ v, as a `Signer` makes it. */
  serialize(transaction: RawTransaction, signature: Hex): Hex
  /** Null for what is not exactly such a transaction with a signature that the network accepts. Takes any text. */
  parse(raw: string): Promise<SignedRawTransaction | null>
}
