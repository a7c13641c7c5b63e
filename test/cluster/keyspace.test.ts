import { createXXHash3 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { REPLICATION_FACTOR, replicaSets, shardsPerOperator, shardsToPull } from '../../src/cluster/keyspace.js'
import { readVectors } from '../support/vectors.js'

interface Line {
  readonly operators: readonly number[]
  readonly migration_from?: readonly number[]
  readonly replica_sets: Readonly<Record<string, readonly number[]>>
  readonly shards_per_operator: Readonly<Record<string, number>>
  readonly shards_pulled_per_operator?: Readonly<Record<string, number>>
  readonly xxh3_64_of_all: string
}

const byNumber = (counts: ReadonlyMap<number, number>) =>
  Object.fromEntries([...counts].map(([slot, shards]) => [String(slot), shards]))

describe('keyspaces', () => {
  it.each(readVectors<Line[]>('keyspace'))('of operators $operators', async (line) => {
    const sets = await replicaSets(line.operators)
    for (const [shard, slots] of Object.entries(line.replica_sets)) {
      const start = Number(shard) * REPLICATION_FACTOR
      expect([...sets.subarray(start, start + REPLICATION_FACTOR)]).toEqual(slots)
    }
    expect((await createXXHash3()).init().update(sets).digest()).toBe(line.xxh3_64_of_all)
    expect(byNumber(shardsPerOperator(sets))).toEqual(line.shards_per_operator)
    if (line.migration_from && line.shards_pulled_per_operator)
      expect(byNumber(shardsToPull(await replicaSets(line.migration_from), sets))).toEqual(
        line.shards_pulled_per_operator,
      )
  })
})
