/**
 * Keeps what the tool remembers from run to run, on this machine (docs/dev/never.md 1–4): every transaction it signed, who
 * is writing right now, by what it knows a contract, and how far a rollout got.
 */
import { join } from 'node:path'
import type { Address } from '../../base/address.js'
import { WcnError } from '../../errors/wcn-error.js'
import { ownProcess } from '../processes/process-identity.js'
import { type LockOptions, takeLock } from './account-lock.js'
import { createJournal } from './journal.js'
import {
  CONTRACT_MEMORY,
  type ContractKey,
  type ContractMemory,
  createMemory,
  ROLLOUT_MEMORY,
  type RolloutKey,
} from './memories.js'

interface StateOptions {
  /** Made when something is first written. */
  readonly directory: string
  /** What this machine calls itself. */
  readonly host: string
  /** What others are told of who holds a lock: the command's words without their values. */
  readonly command: string
  /** Unix seconds. */
  readonly now: () => number
}

export type State = ReturnType<typeof createState>

export function createState({ directory, host, command, now }: StateOptions) {
  const contracts = createMemory(join(directory, 'contracts'), CONTRACT_MEMORY)
  const rollouts = createMemory(join(directory, 'rollouts'), ROLLOUT_MEMORY)
  const holder = () => ({ ...ownProcess(host), since: now(), command })
  return {
    journal: createJournal(join(directory, 'journal')),
    /**
     * Keeps the account's other writers on this machine out until the returned function is called, or the process ends.
     * Throws ACCOUNT_LOCKED, naming the holder.
     */
    async lockAccount(chainId: number, account: Address, options: LockOptions): Promise<() => void> {
      return takeLock(join(directory, 'locks', `${chainId}-${account}`), holder(), options)
    },
    /** Null where nothing is known. Throws JOURNAL_INVALID, FILE_UNREADABLE. */
    recall: contracts.recall,
    async remember(contract: ContractKey, memory: ContractMemory): Promise<void> {
      const before = await contracts.recall(contract)
      if (before?.implementation === memory.implementation && before.keyFingerprint === memory.keyFingerprint) return
      await contracts.remember(contract, memory)
    },
    /**
     * Keeps other rollouts of the operator's nodes out, on this machine, until the returned function is called, or the
     * process ends. Throws ACCOUNT_LOCKED, naming the one that runs.
     */
    async lockRollout({ chainId, contract, operator }: RolloutKey): Promise<() => void> {
      const path = join(directory, 'locks', `rollout-${chainId}-${contract}-${operator}`)
      try {
        return await takeLock(path, holder(), { waitMs: 0, onWait: () => {} })
      } catch (error) {
        if (!(error instanceof WcnError) || error.code !== 'ACCOUNT_LOCKED') throw error
        const who = `process ${error.details?.pid} on ${error.details?.host}`
        throw error.retold({ message: `another rollout of this operator's nodes is under way: ${who}` })
      }
    },
    /** How far the last rollout got; null where there was none. Throws JOURNAL_INVALID, FILE_UNREADABLE. */
    recallRollout: rollouts.recall,
    /** Takes the place of what was remembered of an earlier one. Throws like `recallRollout`, and FILE_UNWRITABLE. */
    rememberRollout: rollouts.remember,
  }
}
