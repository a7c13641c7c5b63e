/** The `State` port on the local disk: `journal`, `locks`, `contracts` and `rollouts` in its directory. */
import { join } from 'node:path'
import { WcnError } from '../../errors/wcn-error.js'
import { ownProcess } from '../processes/process-identity.js'
import { takeLock } from './account-lock.js'
import { createJournal } from './journal.js'
import { CONTRACT_MEMORY, createMemory, ROLLOUT_MEMORY } from './memories.js'
import type { State } from './state.js'

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

export function createState({ directory, host, command, now }: StateOptions): State {
  const contracts = createMemory(join(directory, 'contracts'), CONTRACT_MEMORY)
  const rollouts = createMemory(join(directory, 'rollouts'), ROLLOUT_MEMORY)
  const holder = () => ({ ...ownProcess(host), since: now(), command })
  return {
    journal: createJournal(join(directory, 'journal')),
    async lockAccount(chainId, account, options) {
      return takeLock(join(directory, 'locks', `${chainId}-${account}`), holder(), options)
    },
    recall: contracts.recall,
    async remember(contract, memory) {
      const before = await contracts.recall(contract)
      if (before?.implementation === memory.implementation && before.keyFingerprint === memory.keyFingerprint) return
      await contracts.remember(contract, memory)
    },
    async lockRollout({ chainId, contract, operator }) {
      const path = join(directory, 'locks', `rollout-${chainId}-${contract}-${operator}`)
      try {
        return await takeLock(path, holder(), { waitMs: 0, onWait: () => {} })
      } catch (error) {
        if (!(error instanceof WcnError) || error.code !== 'ACCOUNT_LOCKED') throw error
        const { hint, details } = error
        const message = `another rollout of this operator's nodes is under way: process ${details?.pid} on ${details?.host}`
        throw new WcnError('ACCOUNT_LOCKED', message, { hint, details, cause: error })
      }
    },
    recallRollout: rollouts.recall,
    rememberRollout: rollouts.remember,
  }
}
