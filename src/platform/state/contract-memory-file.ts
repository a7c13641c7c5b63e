/** What is remembered of a contract, as a file (docs/dev/never.md 3, 4). */
import { z } from 'zod'
import { addressValue, hashValue } from '../../documents/chain-values.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../../documents/state-document.js'
import type { ContractKey, ContractMemory } from './state.js'

export interface ContractMemoryContent {
  readonly key: ContractKey
  readonly memory: ContractMemory
}

export const CONTRACT_MEMORY_DOCUMENT: StateDocument<ContractMemoryContent> = {
  type: 'wcn-contract-memory',
  version: 1,
  what: 'memory of a contract',
  moveAway: 'to start anew; compare the contract with what others know of it first',
  schema: z
    .strictObject({
      chain_id: z.int().positive('must be positive'),
      genesis_hash: hashValue,
      contract: addressValue,
      implementation: addressValue.nullable(),
      key_fingerprint: hashValue.nullable(),
    })
    .transform(({ chain_id, genesis_hash, contract, implementation, key_fingerprint }) => ({
      key: { chainId: chain_id, genesisHash: genesis_hash, contract },
      memory: { implementation, keyFingerprint: key_fingerprint },
    })),
}

/** `path` is the file's, for the sentence. Throws JOURNAL_INVALID, whatever the text is. */
export function parseContractMemory(text: string, path: string): ContractMemoryContent {
  return parseStateDocument(text, path, CONTRACT_MEMORY_DOCUMENT)
}

export function formatContractMemory({ key, memory }: ContractMemoryContent): string {
  return formatStateDocument(CONTRACT_MEMORY_DOCUMENT, {
    chain_id: key.chainId,
    genesis_hash: key.genesisHash,
    contract: key.contract,
    implementation: memory.implementation,
    key_fingerprint: memory.keyFingerprint,
  })
}
