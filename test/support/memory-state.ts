/**
 * What is remembered from run to run, without a disk. Entries go through the journal's file format, so that a test can't
 * journal what a real journal would not take.
 */

import { WcnError } from '../../src/errors/wcn-error.js'
import type { JournalFault, JournalFile } from '../../src/platform/state/journal.js'
import type { JournalKey } from '../../src/platform/state/journal-entry.js'
import { formatJournal, parseJournal } from '../../src/platform/state/journal-file.js'
import type { State } from '../../src/platform/state/local-state.js'
import type { ContractKey, ContractMemory, RolloutMemory } from '../../src/platform/state/memories.js'

export interface MemoryState extends State {
  /** By the file's name. A test may put in, change and take out what it likes. */
  readonly files: Map<string, JournalFile>
  /** Files that are no journals; empty unless a test adds some. Only `all` tells of them. */
  readonly faults: JournalFault[]
  readonly memories: Map<string, ContractMemory>
  readonly locks: {
    /** `<chainId>-<account>` of each lock that was given out, in their order. */
    readonly taken: string[]
    /** How many of them are held now. */
    held(): number
  }
}

export function memoryState(): MemoryState {
  const files = new Map<string, JournalFile>()
  const faults: JournalFault[] = []
  const memories = new Map<string, ContractMemory>()
  const rollouts = new Map<string, RolloutMemory>()
  const taken: string[] = []
  const queues = new Map<string, (() => void)[]>()
  return {
    files,
    faults,
    memories,
    locks: { taken, held: () => queues.size },
    journal: {
      entries: async (key) => files.get(nameOf(key))?.entries ?? [],
      put: async (key, entry) => {
        const path = nameOf(key)
        const before = files.get(path)?.entries ?? []
        const same = ({ transaction }: typeof entry) => transaction.hash === entry.transaction.hash
        const entries = before.some(same) ? before.map((old) => (same(old) ? entry : old)) : [...before, entry]
        files.set(path, { path, ...parseJournal(formatJournal({ key, entries }), path) })
      },
      all: async () => ({ journals: [...files.values()], faults }),
    },
    /** Those who wait get it in their order, whatever time they have; with none to wait, there is no waiting. */
    lockAccount: async (chainId, account, { waitMs, onWait }) => {
      const name = `${chainId}-${account}`
      const queue = queues.get(name)
      if (queue && waitMs <= 0) throw new WcnError('ACCOUNT_LOCKED', `${name} is locked`, { details: HOLDER })
      if (queue) {
        onWait(HOLDER)
        await new Promise<void>((go) => queue.push(go))
      } else queues.set(name, [])
      taken.push(name)
      let released = false
      return () => {
        if (released) return
        released = true
        const next = queues.get(name)?.shift()
        if (next) next()
        else queues.delete(name)
      }
    },
    recall: async (contract) => memories.get(memoryName(contract)) ?? null,
    remember: async (contract, memory) => void memories.set(memoryName(contract), memory),
    lockRollout: async ({ operator }) => {
      const name = `rollout-${operator}`
      if (queues.has(name)) throw new WcnError('ACCOUNT_LOCKED', `${name} is locked`, { details: HOLDER })
      queues.set(name, [])
      return () => void queues.delete(name)
    },
    recallRollout: async (rollout) => rollouts.get(`${memoryName(rollout)}-${rollout.operator}`) ?? null,
    rememberRollout: async (rollout, memory) => void rollouts.set(`${memoryName(rollout)}-${rollout.operator}`, memory),
  }
}

const HOLDER = { pid: 4711, host: 'this-test', since: 1_790_000_000, command: 'nodes add' }

function nameOf({ chainId, genesisHash, contract, signer }: JournalKey): string {
  return `${chainId}-${genesisHash.slice(2, 10)}-${contract ?? 'deploy'}-${signer}.json`
}

function memoryName({ chainId, genesisHash, contract }: ContractKey): string {
  return `${chainId}-${genesisHash.slice(2, 10)}-${contract}.json`
}
