/** How far the last rollout of each operator's nodes got, on disk; with the same care as the journal. */
import { join } from 'node:path'
import { invalidStateFile } from '../../documents/state-document.js'
import { formatRollout, parseRollout, ROLLOUT_DOCUMENT } from './rollout-file.js'
import type { RolloutKey, State } from './state.js'
import { readStateFile, writeStateFile } from './state-file.js'

export function createRolloutMemory(directory: string): Pick<State, 'recallRollout' | 'rememberRollout'> {
  const pathOf = ({ chainId, genesisHash, contract, operator }: RolloutKey) =>
    join(directory, `${chainId}-${genesisHash.slice(2, 10)}-${contract}-${operator}.json`)
  return {
    async recallRollout(rollout) {
      const path = pathOf(rollout)
      const text = readStateFile(path, ROLLOUT_DOCUMENT)
      if (text === null) return null
      const { key, memory } = parseRollout(text, path)
      const names = ['chainId', 'genesisHash', 'contract', 'operator'] as const
      if (names.some((name) => key[name] !== rollout[name]))
        throw invalidStateFile(path, 'it is of another operator, contract or chain', ROLLOUT_DOCUMENT)
      return memory
    },
    async rememberRollout({ chainId, genesisHash, contract, operator }, memory) {
      const key = { chainId, genesisHash, contract, operator }
      writeStateFile(pathOf(key), formatRollout({ key, memory }))
    },
  }
}
