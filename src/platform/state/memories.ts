/**
 * Remembers facts about each contract (docs/dev/never.md 3, 4), and how far the last rollout of each operator's nodes got: a file
 * each, with the same care as the journal.
 */
import { join } from 'node:path'
import type { Address } from '../../base/address.js'
import type { Hex } from '../../base/hex.js'
import { snakeJson } from '../../base/snake-json.js'
import { addressValue, hashValue, positiveValue, timeValue } from '../../documents/chain-values.js'
import { listOf, mapped, orNull, recordOf } from '../../documents/shape.js'
import {
  formatStateDocument,
  invalidStateFile,
  parseStateDocument,
  type StateDocument,
} from '../../documents/state-document.js'
import { readStateFile, writeStateFile } from './state-file.js'

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

interface Remembered<Key extends ContractKey, Memory> {
  readonly key: Key
  readonly memory: Memory
}

export interface MemoryDocument<Key extends ContractKey, Memory> extends StateDocument<Remembered<Key, Memory>> {
  /** The names of the key's fields. */
  readonly keyNames: readonly (keyof Key)[]
  readonly ofAnother: string
}

const CONTRACT = { chainId: positiveValue, genesisHash: hashValue, contract: addressValue }

export const CONTRACT_MEMORY: MemoryDocument<ContractKey, ContractMemory> = {
  type: 'wcn-contract-memory',
  version: 1,
  what: 'memory of a contract',
  moveAway: 'to start anew; compare the contract with what others know of it first',
  keyNames: ['chainId', 'genesisHash', 'contract'],
  ofAnother: 'it is of another contract or chain',
  shape: mapped(
    recordOf({ ...CONTRACT, implementation: orNull(addressValue), keyFingerprint: orNull(hashValue) }),
    ({ implementation, keyFingerprint, ...key }) => ({ key, memory: { implementation, keyFingerprint } }),
  ),
}

/** What `--resume` leaves out. */
export const ROLLOUT_MEMORY: MemoryDocument<RolloutKey, RolloutMemory> = {
  type: 'wcn-rollout',
  version: 1,
  what: 'memory of a rollout',
  moveAway: 'to roll out to every node anew',
  keyNames: ['chainId', 'genesisHash', 'contract', 'operator'],
  ofAnother: 'it is of another operator, contract or chain',
  shape: mapped(
    recordOf({ ...CONTRACT, operator: addressValue, startedAt: timeValue, finished: listOf(hashValue) }),
    ({ startedAt, finished, ...key }) => ({ key, memory: { startedAt, finished } }),
  ),
}

export function formatMemory<Key extends ContractKey, Memory extends object>(
  { key, memory }: Remembered<Key, Memory>,
  document: MemoryDocument<Key, Memory>,
): string {
  // Callers pass keys that carry more than that.
  const named = Object.fromEntries(document.keyNames.map((name) => [name, key[name]]))
  return formatStateDocument(document, snakeJson({ ...named, ...memory }))
}

export function createMemory<Key extends ContractKey, Memory extends object>(
  directory: string,
  document: MemoryDocument<Key, Memory>,
) {
  const pathOf = (key: Key) => {
    const [, , ...others] = document.keyNames
    const names = [key.chainId, key.genesisHash.slice(2, 10), ...others.map((name) => key[name])]
    return join(directory, `${names.join('-')}.json`)
  }
  return {
    /** Null where nothing is known. Throws JOURNAL_INVALID, FILE_UNREADABLE. */
    async recall(wanted: Key): Promise<Memory | null> {
      const path = pathOf(wanted)
      const text = readStateFile(path, document)
      if (text === null) return null
      const { key, memory } = parseStateDocument(text, path, document)
      if (document.keyNames.some((name) => key[name] !== wanted[name]))
        throw invalidStateFile(path, document.ofAnother, document)
      return memory
    },
    /** Takes the place of what there was. Throws FILE_UNWRITABLE. */
    async remember(key: Key, memory: Memory): Promise<void> {
      writeStateFile(pathOf(key), formatMemory({ key, memory }, document))
    },
  }
}
