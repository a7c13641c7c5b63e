/** How far a rollout got, as a file: what `--resume` leaves out. */
import { z } from 'zod'
import { addressValue, hashValue, timeValue } from '../../documents/chain-values.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../../documents/state-document.js'
import type { RolloutKey, RolloutMemory } from './state.js'

interface RolloutContent {
  readonly key: RolloutKey
  readonly memory: RolloutMemory
}

export const ROLLOUT_DOCUMENT: StateDocument<RolloutContent> = {
  type: 'wcn-rollout',
  version: 1,
  what: 'memory of a rollout',
  moveAway: 'to roll out to every node anew',
  schema: z
    .strictObject({
      chain_id: z.int().positive('must be positive'),
      genesis_hash: hashValue,
      contract: addressValue,
      operator: addressValue,
      started_at: timeValue,
      finished: z.array(hashValue),
    })
    .transform(({ chain_id, genesis_hash, contract, operator, started_at, finished }) => ({
      key: { chainId: chain_id, genesisHash: genesis_hash, contract, operator },
      memory: { startedAt: started_at, finished },
    })),
}

/** `path` is the file's, for the sentence. Throws JOURNAL_INVALID, whatever the text is. */
export function parseRollout(text: string, path: string): RolloutContent {
  return parseStateDocument(text, path, ROLLOUT_DOCUMENT)
}

export function formatRollout({ key, memory }: RolloutContent): string {
  return formatStateDocument(ROLLOUT_DOCUMENT, {
    chain_id: key.chainId,
    genesis_hash: key.genesisHash,
    contract: key.contract,
    operator: key.operator,
    started_at: memory.startedAt,
    finished: memory.finished,
  })
}
