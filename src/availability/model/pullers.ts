/** Who still pulls data in a migration, and what keeps it from ending: who pulls is away, or whom it pulls from. */

import { shardsToPull } from '../../cluster/keyspace.js'
import type { Replicas } from '../../cluster/quorum.js'
import { pullsFrom } from '../../cluster/quorum.js'
import type { SeenOperator } from './seen-operators.js'

export type Puller = ReturnType<typeof pullersOf>[number]

/** In the order of their slots; `replicas.next`: there is a migration. */
export function pullersOf(operators: readonly SeenOperator[], { serving, next }: Replicas) {
  if (next === null) return []
  const [toPull, sources] = [shardsToPull(serving, next), pullsFrom(serving, next)]
  const down = new Set(operators.filter(({ live }) => live === false).map(({ slot }) => slot))
  return operators
    .filter(({ pulls }) => pulls)
    .map(({ slot, name, state, live }) => ({
      slot,
      name,
      state,
      /** It is not there to pull, as far as can be seen. */
      away: live === false,
      shardsToPull: toPull.get(slot) ?? 0,
      /** A shard is pulled only from the operator that it moves away from: these do not give any. */
      downSources: [...(sources.get(slot)?.keys() ?? [])].filter((source) => down.has(source)).sort((a, b) => a - b),
    }))
}
