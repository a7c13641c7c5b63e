/**
 * What the tool needs of the outside world, in the words of its own domain. Actions take these as `Services`;
 * adapters and ui implement them; run-command.ts is the one place that puts them together.
 */
import type { Address } from './address.js'
import type { ClusterView } from './cluster/cluster-view.js'
import type { Change } from './cluster/operator-changes.js'
import type { DevelopmentChain } from './development-chain.js'
import type { Hex } from './hex.js'
import type { JoinRequestContent } from './join-request.js'
import type { EncryptionKey } from './keys/encryption-key.js'
import type { OperatorPrivateKey } from './keys/operator-key.js'

export interface BlockRef {
  readonly number: number
  readonly hash: Hex
}

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
  readonly block: BlockRef
  readonly account: {
    readonly address: Address
    /** Transactions included up to this block: the nonce that a write is bound to. */
    readonly nonce: number
    /** The same including transactions that wait in the provider's pool. */
    readonly pendingNonce: number
    readonly balanceWei: bigint
  }
  /** What to bid, in wei per gas. */
  readonly fees: { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
}

/** Cluster and account at the same block: what a write is planned on (design: no lost updates). */
export interface WriteSnapshot extends ClusterSnapshot, AccountSnapshot {}

/** The contract's functions that this tool calls (spec/contract.md). `data` is an operator data blob. */
export type ClusterCall =
  | { readonly fn: 'updateNodeOperatorData'; readonly operator: Address; readonly data: Uint8Array }
  | { readonly fn: 'addNodeOperator'; readonly operator: Address; readonly data: Uint8Array }
  | { readonly fn: 'setMaintenance'; readonly active: boolean }

/** A transaction without its account's part; `to` is null where it deploys. */
export interface TransactionRequest {
  readonly to: Address | null
  readonly data: Hex
}

export interface CostEstimate {
  /** The gas limit to sign. */
  readonly gas: bigint
  /** Upper bound of the execution fee: gas limit × max fee. */
  readonly executionFeeWei: bigint
  /** The OP Stack's L1 data fee; 0 on a chain without its gas-price oracle. */
  readonly l1FeeWei: bigint
}

/** A signed transaction: its bytes may be sent any number of times and stay one transaction. */
export interface SignedTransaction {
  readonly hash: Hex
  readonly raw: Hex
  readonly nonce: number
  readonly from: Address
}

export interface Receipt {
  readonly hash: Hex
  readonly block: BlockRef
  readonly gasUsed: bigint
  readonly feeWei: bigint
  readonly l1FeeWei: bigint
  /** The contract that a deployment created. */
  readonly contractAddress: Address | null
}

/**
 * How a transaction ended. `rejected`: the provider refused it and does not know it, nothing was sent.
 * `replaced`: its nonce was used by another transaction. `unknown`: it may still be included.
 */
export type TransactionOutcome =
  | { readonly kind: 'included'; readonly receipt: Receipt }
  | { readonly kind: 'reverted'; readonly receipt: Receipt }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Signs 32-byte digests with a secp256k1 key; everything that is signed is reduced to that. */
export interface Signer {
  readonly address: Address
  /** 65 bytes r ‖ s ‖ v (27 or 28), low s. */
  signDigest(digest: Hex): Promise<Hex>
}

/** A cluster's contract and its chain, through the configured RPC provider. Throws NETWORK, RPC_ERROR, WRONG_CHAIN. */
export interface Chain {
  /**
   * One consistent block, the latest or the one given, of the configured contract or the one given. Also throws
   * NOT_A_CONTRACT, NOT_A_CLUSTER.
   */
  readCluster(at?: { readonly block?: number; readonly contract?: Address }): Promise<ClusterSnapshot>
  readClusterForWrite(account: Address): Promise<WriteSnapshot>
  readAccount(account: Address): Promise<AccountSnapshot>
  encodeCall(call: ClusterCall): Promise<TransactionRequest>
  /** Simulates the transaction and prices it. Throws CALL_REVERTS with the reason in words. */
  estimate(snapshot: AccountSnapshot, transaction: TransactionRequest): Promise<CostEstimate>
  sign(
    snapshot: AccountSnapshot,
    transaction: TransactionRequest,
    cost: CostEstimate,
    signer: Signer,
  ): Promise<SignedTransaction>
  /** Sends and waits until the transaction settles or the deadline passes. Never throws: it may have been sent. */
  submit(transaction: SignedTransaction): Promise<TransactionOutcome>
  /** Why an included transaction failed, in words: replayed on the state it met. */
  revertReason(transaction: TransactionRequest, from: Address, atBlock: number): Promise<string>
  /** Since when the maintenance slot is held, as far as a bounded look back at the events tells. */
  maintenanceSince(snapshot: ClusterSnapshot): Promise<MaintenanceSince>
}

/** `at-least`: the slot was already taken that many blocks ago. Time is Unix seconds. */
export type MaintenanceSince =
  | { readonly kind: 'at'; readonly block: number; readonly time: number }
  | { readonly kind: 'at-least'; readonly blocks: number }

/** The transactions that deploy a cluster contract (the project's own). */
export interface ClusterDeployment {
  implementation(): TransactionRequest
  proxy(
    implementation: Address,
    settings: { readonly maxOperatorDataBytes: number; readonly minOperators: number; readonly extra: Uint8Array },
    operators: readonly { readonly id: Address; readonly data: Uint8Array }[],
  ): TransactionRequest
}

/** EIP-712 and address recovery for join requests (spec/join-request.md). */
export interface TypedData {
  joinRequestDigest(content: JoinRequestContent): Hex
  dataHash(data: Uint8Array): Hex
  /** Null where the signature is no signature. */
  recover(digest: Hex, signature: Hex): Promise<Address | null>
}

/** Local files. Every method throws FILE_* errors that name the path and, where there is one, the command to run. */
export interface Files {
  /** Text of a file of at most `maxBytes` (1 MiB unless told); `-` is standard input. */
  readText(path: string, options?: { readonly maxBytes?: number }): Promise<string>
  /** Like readText, without one trailing newline, refusing files that group or others can read. */
  readSecret(path: string): Promise<string>
  exists(path: string): Promise<boolean>
  isDirectory(path: string): Promise<boolean>
  /** Creates a file that must not exist yet; it appears whole or not at all, mode 0600. */
  createPrivate(path: string, text: string): Promise<void>
  /** Creates or, with `overwrite`, replaces a file atomically; never through a symlink. */
  write(path: string, text: string, options: { readonly mode: number; readonly overwrite: boolean }): Promise<void>
  /** Throws whatever `write` would throw, as far as that can be told beforehand. */
  checkWritable(path: string, options: { readonly overwrite: boolean }): Promise<void>
  makeDirectory(path: string, mode: number): Promise<void>
  /** The git work tree that would take this path up at the next commit, or null. */
  gitTreeThatTracks(path: string): Promise<string | null>
  /** `path` as it is meant in a file called `base`: relative to that file's folder. */
  resolveFrom(base: string, path: string): string
}

export interface Clock {
  /** Unix seconds. */
  now(): number
  sleep(ms: number): Promise<void>
}

export interface Progress {
  update(done: number, total: number): void
  end(): void
}

/** What a write is about to do, as it is shown before asking. */
export interface Preview {
  readonly title: string
  readonly changes: readonly Change[]
  readonly cost: CostEstimate
}

/** The person or script in front of the tool. Everything here goes to stderr. */
export interface Conversation {
  /** False where nobody can be asked: no terminal, CI, --json, --no-input. */
  readonly interactive: boolean
  note(text: string): void
  /** Like note, but also with --quiet: what must not be lost, such as the hash of what was sent. */
  tell(text: string): void
  warn(text: string): void
  preview(preview: Preview): void
  /** True at once after --yes. Throws CONFIRMATION_REQUIRED where nobody can be asked. */
  confirm(question: string): Promise<boolean>
  /** Throws INPUT_REQUIRED, naming `instead`, where nobody can be asked. */
  askHidden(question: string, instead: string): Promise<string>
  progress(title: string): Progress
}

/** Effective settings: flag > environment > --env-file > default. Getters throw SETTING_* and the parsers' errors. */
export interface Settings {
  contractAddress(): Address
  /** Null when none is configured: addresses stay encrypted. */
  encryptionKey(): Promise<EncryptionKey | null>
  requireEncryptionKey(): Promise<EncryptionKey>
  /** The operator meant: --operator, else the signing key's account. */
  operator(): Promise<Address>
  /** The raw key, for the one place that hands it on: the primary node's configuration. What signs is a `Signer`. */
  privateKey(): Promise<OperatorPrivateKey>
  chainId(): number
  /** The provider's URL; it may hold a token: never shown. */
  rpcUrl(): string
  allowPrivateAddresses(): boolean
  /** --timeout; null where none was given. */
  timeoutMs(): number | null
}

export interface Services {
  readonly settings: Settings
  readonly files: Files
  readonly clock: Clock
  readonly talk: Conversation
  readonly randomBytes: (length: number) => Uint8Array
  readonly chain: () => Promise<Chain>
  readonly deployment: () => Promise<ClusterDeployment>
  readonly typedData: () => Promise<TypedData>
  readonly signer: () => Promise<Signer>
  /** The account an EVM private key belongs to. */
  readonly addressOf: (key: OperatorPrivateKey) => Promise<Address>
  /** Called right before a transaction leaves: from here on an interruption leaves an unknown outcome. */
  readonly sending: (hash: Hex) => void
  /** And once its outcome is known. */
  readonly settled: () => void
  readonly developmentChain: () => Promise<DevelopmentChain>
  /** Aborted by Ctrl-C: for the few actions that end that way. */
  readonly interrupted: AbortSignal
}

/** What an action gives back: data for `--json` and for its view, and an exit code that is not an error. */
export interface ActionResult<T> {
  readonly data: T
  readonly exitCode?: number
  /** What goes on after the data is shown. It is not cut off by Ctrl-C but ends by itself on `interrupted`. */
  readonly until?: () => Promise<void>
}
