/** Quorum against an oracle that knows no shortcut: each shard asked by itself, each outage tried. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { REPLICATION_FACTOR, replicaSets, SHARDS, shardsToPull } from '../../src/cluster/keyspace.js'
import { pullsFrom, quorumOf, type Replicas, shardsAtStake } from '../../src/cluster/quorum.js'
import { SEED } from '../support/seed.js'
import { readVectors } from '../support/vectors.js'

const OUTAGES = 1_000
const SHARDS_EACH = 48

type Sets = readonly (readonly number[])[]

const inShards = (sets: Uint8Array): Sets =>
  Array.from({ length: sets.length / REPLICATION_FACTOR }, (_, shard) => [
    ...sets.subarray(shard * REPLICATION_FACTOR, (shard + 1) * REPLICATION_FACTOR),
  ])
const answers = (replicas: readonly number[], live: ReadonlySet<number>) =>
  replicas.filter((slot) => live.has(slot)).length >= 3
const without = (live: ReadonlySet<number>, slot: number) => new Set([...live].filter((one) => one !== slot))

/** Shards that can be written, by their numbers: each keyspace has to answer. */
const written = (keyspaces: readonly Sets[], live: ReadonlySet<number>) =>
  new Set(
    [...(keyspaces[0] ?? []).keys()].filter((shard) => keyspaces.every((sets) => answers(sets[shard] ?? [], live))),
  )

function oracle({ serving, next }: Replicas, live: ReadonlySet<number>) {
  const keyspaces = [serving, ...(next ? [next] : [])].map(inShards)
  const now = written(keyspaces, live)
  const lostWith = new Map(
    [...live].map((slot) => [slot, now.size - written(keyspaces, without(live, slot)).size] as const),
  )
  const fragile = [...now].filter((shard) =>
    [...live].some((slot) => !written(keyspaces, without(live, slot)).has(shard)),
  )
  const counted = (sets: Sets) =>
    [0, 1, 2, 3, 4, 5].map((n) => sets.filter((set) => set.filter((slot) => live.has(slot)).length === n).length)
  const [first = [], second] = keyspaces
  return {
    shards: first.length,
    serving: counted(first),
    next: second === undefined ? null : counted(second),
    readsLost: first.filter((set) => !answers(set, live)).length,
    writesLost: first.length - now.size,
    oneOutage: fragile.length,
    critical: Object.fromEntries([...lostWith].filter(([, lost]) => lost > 0)),
  }
}

const keyspaces = readVectors<{ operators: number[]; migration_from?: number[] }[]>('keyspace').map((line) => ({
  operators: line.operators,
  serving: replicaSets(line.migration_from ?? line.operators),
  next: line.migration_from === undefined ? null : replicaSets(line.operators),
  slots: [...new Set([...line.operators, ...(line.migration_from ?? [])])],
}))

const outages = fc.constantFrom(...keyspaces).chain(({ serving, next, slots }) =>
  fc.record({
    shards: fc.array(fc.integer({ min: 0, max: SHARDS - 1 }), { minLength: SHARDS_EACH, maxLength: SHARDS_EACH }),
    serving: fc.constant(serving),
    next: fc.constant(next),
    slot: fc.constantFrom(...slots),
    /** Of each slot whether it is up; seldom that nothing is known of it. */
    states: fc.array(fc.constantFrom('up', 'up', 'up', 'up', 'down', 'down', 'unknown'), {
      minLength: slots.length,
      maxLength: slots.length,
    }),
    slots: fc.constant(slots),
  }),
)

const only = (sets: Uint8Array, shards: readonly number[]) =>
  Uint8Array.from(
    shards.flatMap((shard) => [...sets.subarray(shard * REPLICATION_FACTOR, (shard + 1) * REPLICATION_FACTOR)]),
  )

describe('the quorum of random outages, migrations included', () => {
  it(`is what each shard by itself says, ${OUTAGES} times`, () => {
    const often = { lost: 0, fragile: 0, migrating: 0, atStake: 0 }
    fc.assert(
      fc.property(outages, ({ shards, slot, states, slots, ...all }) => {
        const replicas: Replicas = {
          serving: only(all.serving, shards),
          next: all.next && only(all.next, shards),
        }
        const having = (state: string) => new Set(slots.filter((_, place) => states[place] === state))
        const [live, unknown] = [having('up'), having('unknown')]
        const found = quorumOf(replicas, live)
        const expected = oracle(replicas, live)
        expect({ ...found, critical: Object.fromEntries(found.critical) }).toEqual(expected)

        const sets = [replicas.serving, ...(replicas.next ? [replicas.next] : [])].map(inShards)
        const mine = [...shards.keys()].filter((shard) => sets.some((each) => each[shard]?.includes(slot)))
        const most = written(sets, new Set([...live, ...unknown]))
        const least = written(sets, without(live, slot))
        const isDown = !live.has(slot) && !unknown.has(slot)
        const lost = isDown ? 0 : mine.filter((shard) => most.has(shard) && !least.has(shard)).length
        expect(shardsAtStake(replicas, slot, { live, unknown })).toEqual({
          stored: mine.length,
          without: mine.filter((shard) => !most.has(shard)).length,
          lost,
        })
        often.lost += Math.sign(expected.writesLost)
        often.fragile += Math.sign(expected.oneOutage)
        often.migrating += replicas.next === null ? 0 : 1
        often.atStake += Math.sign(lost)
      }),
      { seed: SEED, numRuns: OUTAGES },
    )
    for (const times of Object.values(often)) expect(times).toBeGreaterThan(OUTAGES / 20)
  })
})

it('of all operators that are up is whole, and with five of them two outages are borne and a third is not', () => {
  const serving = replicaSets([0, 1, 2, 3, 4])
  const of = (...live: number[]) => quorumOf({ serving, next: null }, new Set(live))
  expect(of(0, 1, 2, 3, 4)).toMatchObject({
    shards: 65_536,
    serving: [0, 0, 0, 0, 0, 65_536],
    oneOutage: 0,
    next: null,
  })
  expect(of(0, 1, 2, 3)).toMatchObject({ writesLost: 0, oneOutage: 0 })
  const three = of(0, 2, 4)
  expect(three).toMatchObject({ writesLost: 0, oneOutage: 65_536 })
  expect([...three.critical]).toEqual(
    expect.arrayContaining([
      [0, 65_536],
      [2, 65_536],
      [4, 65_536],
    ]),
  )
  expect(of(0, 2)).toMatchObject({ readsLost: 65_536, writesLost: 65_536, oneOutage: 0 })
})

it('during a migration is lost for writes where the new replicas are down, and not for reads', () => {
  const [serving, next] = [replicaSets([0, 1, 2, 3, 4]), replicaSets([5, 6, 7, 8, 9])]
  expect(quorumOf({ serving, next }, new Set([0, 1, 2, 3, 4, 5, 6]))).toMatchObject({
    readsLost: 0,
    writesLost: 65_536,
    next: [0, 0, 65_536, 0, 0, 0],
  })
})

it('of 256 operators counts each shard once', () => {
  const serving = replicaSets([...Array(256).keys()])
  const { serving: counts } = quorumOf({ serving, next: null }, new Set([...Array(200).keys()]))
  expect(counts.reduce((sum, shards) => sum + shards)).toBe(65_536)
  // Of five replicas on 256 operators, 56 of which are down, all are live with a probability of 0.29.
  expect((counts[5] ?? 0) / 65_536).toBeCloseTo(0.289, 1)
})

it('who pulls from whom adds up to what each has to pull', () => {
  for (const { serving, next, operators } of keyspaces.slice(1, 3)) {
    if (next === null) continue
    const pulls = pullsFrom(serving, next)
    const toPull = shardsToPull(serving, next)
    expect([...pulls.keys()].sort()).toEqual([...toPull.keys()].sort())
    // Shards of which one replica alone moves are pulled from one operator.
    for (const [slot, sources] of pulls) {
      expect(operators).toContain(slot)
      expect([...sources.values()].reduce((sum, shards) => sum + shards)).toBeGreaterThanOrEqual(toPull.get(slot) ?? 0)
      for (const source of sources.keys()) expect(source).not.toBe(slot)
    }
  }
  const [, , replaced] = keyspaces
  // Operator 1 was replaced by 6: that one pulls most of its shards from it.
  expect(
    Math.max(
      ...(pullsFrom(replaced?.serving ?? never(), replaced?.next ?? never())
        .get(6)
        ?.values() ?? []),
    ),
  ).toBe(
    pullsFrom(replaced?.serving ?? never(), replaced?.next ?? never())
      .get(6)
      ?.get(1),
  )
})

function never(): never {
  throw new Error('there is none')
}
