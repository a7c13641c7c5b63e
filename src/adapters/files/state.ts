/** The `State` port on the local disk: `journal`, `locks` and `contracts` in the state directory. */
import { join } from 'node:path'
import type { State } from '../../core/ports/state.js'
import { takeLock } from './account-lock.js'
import { createContractMemory } from './contract-memory.js'
import { createJournal } from './journal.js'
import { ownProcess } from './process-identity.js'

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
  return {
    journal: createJournal(join(directory, 'journal')),
    lockAccount: (chainId, account, options) =>
      takeLock(
        join(directory, 'locks', `${chainId}-${account}`),
        { ...ownProcess(host), since: now(), command },
        options,
      ),
    ...createContractMemory(join(directory, 'contracts')),
  }
}
