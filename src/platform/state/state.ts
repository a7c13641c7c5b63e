/**
 * What the tool remembers from run to run, on this machine (docs/dev/never.md 1–4): every transaction it signed, who
 * is writing right now, by what it knows a contract, and how far a rollout got.
 */
import type { Address } from '../../base/address.js'
import type { Hex } from '../../base/hex.js'
import type { JournalEntry } from './journal-entry.js'

/** One journal: transactions of one account on one contract of one chain. `contract` null: what founds a contract. */
export interface JournalKey {
  readonly chainId: number
  readonly genesisHash: Hex
  readonly contract: Address | null
  readonly signer: Address
}

export interface JournalFile {
  readonly path: string
  readonly key: JournalKey
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
}

/** A file that is no journal, or can't be read. It is never touched. */
export interface JournalFault {
  readonly path: string
  readonly reason: string
}

export interface Journal {
  /** Oldest first; none where there is no file. Throws JOURNAL_INVALID, FILE_UNREADABLE, naming the file. */
  entries(key: JournalKey): Promise<readonly JournalEntry[]>
  /**
   * Adds the entry, or takes the place of the one with its hash; on disk when it returns. Old entries that have settled
   * make room. Throws like `entries`, and FILE_UNWRITABLE. The caller holds the account's lock.
   */
  put(key: JournalKey, entry: JournalEntry): Promise<void>
  /** Every journal there is; never throws for a single one. */
  all(): Promise<{ readonly journals: readonly JournalFile[]; readonly faults: readonly JournalFault[] }>
}

export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** Unix seconds. */
  readonly since: number
  /** The command's words without their values, such as `nodes add`. */
  readonly command: string
}

export interface LockOptions {
  /** So long it is waited for; 0: not at all. */
  readonly waitMs: number
  /** Called once when it has to be waited for. */
  readonly onWait: (holder: LockHolder) => void
}

export interface ContractKey {
  readonly chainId: number
  readonly genesisHash: Hex
  readonly contract: Address
}

export interface ContractMemory {
  /** What the proxy ran when this tool last wrote to it. */
  readonly implementation: Address | null
  /** Of the encryption key that was proven here first (cluster/encryption-key-evidence). */
  readonly keyFingerprint: Hex | null
}

export interface RolloutKey extends ContractKey {
  readonly operator: Address
}

export interface RolloutMemory {
  /** Unix seconds. */
  readonly startedAt: number
  /** The nodes that it finished: SHA-256 of what the chain holds of each (nodes/model/node-mark). */
  readonly finished: readonly Hex[]
}

export interface State {
  readonly journal: Journal
  /**
   * Keeps the account's other writers on this machine out until the returned function is called, or the process ends.
   * Throws ACCOUNT_LOCKED, naming the holder.
   */
  lockAccount(chainId: number, account: Address, options: LockOptions): Promise<() => void>
  /** Null where nothing is known. Throws JOURNAL_INVALID, FILE_UNREADABLE. */
  recall(contract: ContractKey): Promise<ContractMemory | null>
  remember(contract: ContractKey, memory: ContractMemory): Promise<void>
  /**
   * Keeps other rollouts of the operator's nodes out, on this machine, until the returned function is called, or the
   * process ends. Throws ACCOUNT_LOCKED, naming the one that runs.
   */
  lockRollout(rollout: RolloutKey): Promise<() => void>
  /** How far the last rollout got; null where there was none. Throws JOURNAL_INVALID, FILE_UNREADABLE. */
  recallRollout(rollout: RolloutKey): Promise<RolloutMemory | null>
  /** Takes the place of what was remembered of an earlier one. Throws like `recallRollout`, and FILE_UNWRITABLE. */
  rememberRollout(rollout: RolloutKey, memory: RolloutMemory): Promise<void>
}
