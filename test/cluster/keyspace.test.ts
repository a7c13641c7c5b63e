import fc from 'fast-check'
import { createXXHash3 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { scoreInto } from '../../src/cluster/codec/xxh3.js'
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
    const sets = replicaSets(line.operators)
    for (const [shard, slots] of Object.entries(line.replica_sets)) {
      const start = Number(shard) * REPLICATION_FACTOR
      expect([...sets.subarray(start, start + REPLICATION_FACTOR)]).toEqual(slots)
    }
    expect((await createXXHash3()).init().update(sets).digest()).toBe(line.xxh3_64_of_all)
    expect(byNumber(shardsPerOperator(sets))).toEqual(line.shards_per_operator)
    if (line.migration_from && line.shards_pulled_per_operator)
      expect(byNumber(shardsToPull(replicaSets(line.migration_from), sets))).toEqual(line.shards_pulled_per_operator)
  })
})

describe('the score of an operator for a shard', () => {
  const scoreOf = (slot: number, shard: number) => {
    const score = new Uint32Array(2)
    scoreInto(score, slot, shard)
    return [...score].map((half) => half.toString(16).padStart(8, '0')).join('')
  }

  it('is the one that the network gives', () => expect(scoreOf(5, 1)).toBe('d8ab8df0ba7704d7'))

  it('is the XXH3-64 of a library', async () => {
    const library = await createXXHash3()
    const anyByte = fc.integer({ min: 0, max: 0xff })
    const anyWord = fc.integer({ min: 0, max: 0xffff_ffff })
    fc.assert(
      fc.property(anyByte, anyWord, (slot, shard) => {
        const message = Buffer.alloc(9)
        message[0] = slot
        message.writeUInt32LE(shard, 1)
        expect(scoreOf(slot, shard)).toBe(library.init().update(message).digest())
      }),
      { numRuns: 2000 },
    )
  })
})
