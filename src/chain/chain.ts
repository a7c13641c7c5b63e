/** Names what the tool can do with a chain and the cluster contract on it. Commands use this; evm-chain.ts implements it. */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { ClusterEvent } from '../cluster/cluster-event.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import type {
  BlockRef,
  Broadcast,
  Fees,
  FollowOptions,
  SignedTransaction,
  Signer,
  TransactionOutcome,
  TransactionRequest,
} from './transaction.js'

/** A cluster as one block shows it. */
export interface ClusterSnapshot {
  readonly chainId: number
  readonly contract: Address
  readonly block: BlockRef
  readonly view: ClusterView
}

/** What an account may do next, as one block shows it. */
export interface AccountSnapshot {
  readonly chainId: number
  /** Tells chains apart that share an ID, such as development chains that were started anew. */
  readonly genesisHash: Hex
  readonly block: BlockRef
  readonly account: {
    readonly address: Address
    /** Transactions included up to this block: the nonce that a write is bound to. */
    readonly nonce: number
    /** The same including transactions that wait in the provider's pool; never lower. */
    readonly pendingNonce: number
    /** No provider tells what waits in its pool: `pendingNonce` is `nonce` then. */
    readonly poolUnseen?: true
    readonly balanceWei: bigint
  }
  readonly fees: Fees
}

/** Cluster and account at the same block: what a write is planned on (design: no lost updates). */
export interface WriteSnapshot extends ClusterSnapshot, AccountSnapshot {
  /** The code that the proxy at the contract's address runs (ERC-1967); null where it is no such proxy. */
  readonly implementation: Address | null
}

/** The contract's functions that this tool calls (docs/dev/network/contract.md). `data` is an operator data blob. */
export type ClusterCall =
  | { readonly fn: 'updateNodeOperatorData'; readonly operator: Address; readonly data: Uint8Array }
  | { readonly fn: 'addNodeOperator'; readonly operator: Address; readonly data: Uint8Array }
  | { readonly fn: 'removeNodeOperator'; readonly operator: Address }
  | { readonly fn: 'setMaintenance'; readonly active: boolean }
  | { readonly fn: 'updateSettings'; readonly settings: StoredSettings }
  /** To the keyspace of these slots, with replication strategy 0: the network knows no other. */
  | { readonly fn: 'startMigration'; readonly slots: readonly number[] }
  | { readonly fn: 'completeMigration' | 'abortMigration'; readonly id: bigint }
  /** Takes effect once it is accepted; the zero address takes back the offer. */
  | { readonly fn: 'transferOwnership'; readonly newOwner: Address }
  | { readonly fn: 'acceptOwnership' }

/** A cluster's settings as the contract stores them; `extra` is encoded (docs/dev/network/wire-format.md, "Settings blob"). */
export interface StoredSettings {
  readonly maxOperatorDataBytes: number
  readonly minOperators: number
  readonly extra: Uint8Array
}

export interface CostEstimate {
  /** The gas limit to sign. */
  readonly gas: bigint
  /** Upper bound of the execution fee: gas limit × max fee. */
  readonly executionFeeWei: bigint
  /** The OP Stack's L1 data fee; 0 on a chain without its gas-price oracle. */
  readonly l1FeeWei: bigint
  /** The OP Stack's fee for whoever runs the chain, of that much gas; 0 as a rule. */
  readonly operatorFeeWei: bigint
}

export interface Estimate extends CostEstimate {
  /** The account's nonce as it was counted with it, apart from the snapshot. */
  readonly nonce: number
}

/**
 * Through the configured RPC providers, as many of which must agree as the quorum says. Throws NETWORK, RPC_ERROR,
 * WRONG_CHAIN, PROVIDERS_DISAGREE.
 */
export interface Chain {
  /**
   * One consistent block, the latest or the one given, of the configured contract or the one given. Also throws
   * NOT_A_CONTRACT, NOT_A_CLUSTER.
   */
  readCluster(at?: { readonly block?: number; readonly contract?: Address }): Promise<ClusterSnapshot>
  /** Cluster and account at one block; of the configured contract or the one given. */
  readClusterForWrite(account: Address, contract?: Address): Promise<WriteSnapshot>
  readAccount(account: Address): Promise<AccountSnapshot>
  encodeCall(call: ClusterCall): Promise<TransactionRequest>
  /** Simulates the transaction and prices it. Throws CALL_REVERTS with the reason in words. */
  estimate(snapshot: AccountSnapshot, transaction: TransactionRequest): Promise<Estimate>
  sign(
    snapshot: AccountSnapshot,
    transaction: TransactionRequest,
    cost: Pick<CostEstimate, 'gas'>,
    signer: Signer,
  ): Promise<SignedTransaction>
  /** Sends the bytes to every provider, once. Never throws: they may have arrived. */
  broadcast(transaction: SignedTransaction): Promise<Broadcast>
  /** Looks what became of a transaction until it has settled, or until the deadline. Never throws. */
  follow(transaction: Omit<SignedTransaction, 'raw'>, options: FollowOptions): Promise<TransactionOutcome>
  /** Why an included transaction failed, in words: replayed on the state it met. */
  revertReason(transaction: TransactionRequest, from: Address, atBlock: number): Promise<string>
  /** Who was offered the ownership and has not accepted it, at the snapshot's block; null: nobody. */
  pendingOwner(snapshot: ClusterSnapshot): Promise<Address | null>
  /** Whether an account is a Safe, at the snapshot's block; null: it is none. */
  safeAt(snapshot: Pick<AccountSnapshot, 'block'>, account: Address): Promise<SafeState | null>
  /** Since when the maintenance slot is held, as far as a bounded look back at the events tells. */
  maintenanceSince(snapshot: ClusterSnapshot): Promise<MaintenanceSince>
  /**
   * The data that others gave an operator in the blocks after `after` up to and including `until`, from the events, in
   * their order; `except` is the own write. Null data: the operator was removed.
   */
  operatorWrites(between: OperatorWritesQuery): Promise<readonly OperatorWrite[]>
  /** Everything that happened to the configured cluster, in the order of the chain. Throws RPC_ERROR for gaps. */
  history(query: HistoryQuery): Promise<readonly ClusterEvent[]>
  /** Of the chain's blocks with these numbers, as it is now; null where there is none. */
  blockHashes(numbers: readonly number[]): Promise<readonly (Hex | null)[]>
  /** The first block up to `head` that is not older than a time in Unix seconds. */
  blockSince(time: number, head: number): Promise<number>
  /**
   * For what comes long after the rest: from here on over new connections. With `onlyAnswering` also without the
   * providers that do not answer now, however many were to agree: for a last step that must be taken. Never throws.
   */
  reconnect(options?: { readonly onlyAnswering?: boolean }): Promise<void>
}

export interface SafeState {
  /** Such as `1.4.1`. */
  readonly version: string
  /** The Safe's own: of the next transaction that it carries out. */
  readonly nonce: number
}

export interface OperatorWritesQuery {
  /** The configured one unless given. */
  readonly contract?: Address
  readonly operator: Address
  readonly after: number
  readonly until: number
  readonly except: Hex
}

/** Blocks `from` to `to`, both included. */
export interface HistoryQuery {
  readonly contract: Address
  readonly from: number
  readonly to: number
  /** The cluster's version before block `from`; null where that is not known. */
  readonly before: bigint | null
  /** The same at block `to`. */
  readonly after: bigint
}

export interface OperatorWrite {
  readonly hash: Hex
  readonly block: number
  readonly data: Uint8Array | null
  /** Whether it came before the excepted write, which then replaced it. */
  readonly beforeOwn: boolean
}

/** `at-least`: the slot was already taken that many blocks ago. Time is Unix seconds. */
export type MaintenanceSince =
  | { readonly kind: 'at'; readonly block: number; readonly time: number }
  | { readonly kind: 'at-least'; readonly blocks: number }
