/** What is remembered of each contract, on disk; with the same care as the journal (docs/dev/never.md 3, 4). */
import { join } from 'node:path'
import { invalidStateFile } from '../../documents/state-document.js'
import { CONTRACT_MEMORY_DOCUMENT, formatContractMemory, parseContractMemory } from './contract-memory-file.js'
import type { ContractKey, ContractMemory, State } from './state.js'
import { readStateFile, writeStateFile } from './state-file.js'

export function createContractMemory(directory: string): Pick<State, 'recall' | 'remember'> {
  const pathOf = ({ chainId, genesisHash, contract }: ContractKey) =>
    join(directory, `${chainId}-${genesisHash.slice(2, 10)}-${contract}.json`)
  return {
    async recall(contract) {
      return readMemory(pathOf(contract), contract)
    },
    async remember(contract, memory) {
      const path = pathOf(contract)
      const before = readMemory(path, contract)
      if (before?.implementation === memory.implementation && before.keyFingerprint === memory.keyFingerprint) return
      writeStateFile(path, formatContractMemory({ key: contract, memory }))
    },
  }
}

function readMemory(path: string, { chainId, genesisHash, contract }: ContractKey): ContractMemory | null {
  const text = readStateFile(path, CONTRACT_MEMORY_DOCUMENT)
  if (text === null) return null
  const { key, memory } = parseContractMemory(text, path)
  if (key.chainId !== chainId || key.genesisHash !== genesisHash || key.contract !== contract)
    throw invalidStateFile(path, 'it is of another contract or chain', CONTRACT_MEMORY_DOCUMENT)
  return memory
}
