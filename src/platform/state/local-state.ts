/**
 * The `State` port on the local disk: `journal`, `locks`, `contracts` and `rollouts` in its directory. What checks its
 * files with a library is loaded when it is used.
 */
import { join } from 'node:path'
import { once } from '../../base/once.js'
import type { State } from './state.js'

export interface StateOptions {
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
  const journal = once(async () => (await import('./journal.js')).createJournal(join(directory, 'journal')))
  const contracts = once(async () =>
    (await import('./contract-memory.js')).createContractMemory(join(directory, 'contracts')),
  )
  const rollouts = once(async () =>
    (await import('./rollout-memory.js')).createRolloutMemory(join(directory, 'rollouts')),
  )
  return {
    journal: {
      entries: async (key) => (await journal()).entries(key),
      put: async (key, entry) => (await journal()).put(key, entry),
      all: async () => (await journal()).all(),
    },
    async lockAccount(chainId, account, options) {
      const { takeLock } = await import('./account-lock.js')
      const { ownProcess } = await import('./process-identity.js')
      const holder = { ...ownProcess(host), since: now(), command }
      return takeLock(join(directory, 'locks', `${chainId}-${account}`), holder, options)
    },
    recall: async (contract) => (await contracts()).recall(contract),
    remember: async (contract, memory) => (await contracts()).remember(contract, memory),
    async lockRollout({ chainId, contract, operator }) {
      const { takeRolloutLock } = await import('./rollout-lock.js')
      const { ownProcess } = await import('./process-identity.js')
      const holder = { ...ownProcess(host), since: now(), command }
      return takeRolloutLock(join(directory, 'locks', `rollout-${chainId}-${contract}-${operator}`), holder)
    },
    recallRollout: async (rollout) => (await rollouts()).recallRollout(rollout),
    rememberRollout: async (rollout, memory) => (await rollouts()).rememberRollout(rollout, memory),
  }
}
