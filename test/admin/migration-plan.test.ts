/** What a migration moves, against what the network's own code pulls; and what would keep it from ending. */
import { describe, expect, it } from 'vitest'
import { parseByteCount } from '../../src/admin/byte-count.js'
import { estimatedSeconds, moveOf, nextKeyspace } from '../../src/admin/model/migration-plan.js'
import { stallsOf } from '../../src/admin/model/stalls.js'
import type { ClusterView, OperatorSlot } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { REPLICATION_FACTOR, replicaSets } from '../../src/cluster/keyspace.js'
import { placeholderOperator } from '../../src/cluster/placeholder-nodes.js'
import { viewAt } from '../support/cluster-at.js'
import { ENCRYPTION_KEY } from '../support/onboarding.js'
import { readVectors } from '../support/vectors.js'

interface Line {
  readonly operators: readonly number[]
  readonly migration_from?: readonly number[]
  readonly shards_per_operator: Readonly<Record<string, number>>
  readonly shards_pulled_per_operator?: Readonly<Record<string, number>>
}

const like = viewAt().operators[1] as OperatorSlot
/** A cluster of these slots, with that keyspace. */
function cluster(slots: readonly number[], keyspace: readonly number[], settings = {}): ClusterView {
  const view = viewAt()
  const operators = slots.map((slot) => ({ ...like, slot }))
  return { ...view, operators, keyspace, settings: { ...view.settings, ...settings } }
}

const lines = readVectors<Line[]>('keyspace').filter((line) => line.migration_from)

describe('a move to another keyspace', () => {
  it.each(lines)('from $migration_from to $operators pulls what the network pulls', (line) => {
    const from = line.migration_from ?? []
    const { members, moved } = moveOf(cluster([...new Set([...from, ...line.operators])], from), line.operators)
    const pulled = Object.fromEntries(
      members.filter(({ to_pull }) => to_pull > 0).map((one) => [one.slot, one.to_pull]),
    )
    expect(pulled).toEqual(line.shards_pulled_per_operator)
    const after = Object.fromEntries(
      members.filter((one) => one.role !== 'leaves').map((one) => [one.slot, one.shards_after]),
    )
    expect(after).toEqual(line.shards_per_operator)
    expect(members.reduce((sum, { to_give }) => sum + to_give, 0)).toBe(moved)
  })

  it('counts what each gives by who leaves the replica sets', () => {
    const [from, to] = [
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 4, 5, 9],
    ]
    const [before, after] = [replicaSets(from), replicaSets(to)]
    const given = new Map<number, number>()
    for (let start = 0; start < before.length; start += REPLICATION_FACTOR) {
      const stays = new Set(after.subarray(start, start + REPLICATION_FACTOR))
      for (const slot of before.subarray(start, start + REPLICATION_FACTOR))
        if (!stays.has(slot)) given.set(slot, (given.get(slot) ?? 0) + 1)
    }
    const { members } = moveOf(cluster([...from, 9], from), to)
    expect(new Map(members.filter((one) => one.to_give > 0).map((one) => [one.slot, one.to_give]))).toEqual(given)
    expect(members.map(({ slot, role }) => [slot, role])).toEqual([
      ...[0, 1, 2].map((slot) => [slot, 'stays']),
      [3, 'leaves'],
      ...[4, 5].map((slot) => [slot, 'stays']),
      [9, 'joins'],
    ])
  })

  it('is refused where the network would reject it', () => {
    const view = cluster([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4])
    const slot = (index: number) => view.operators.slice(index, index + 1)
    expect(nextKeyspace(view, slot(5), slot(2))).toEqual([0, 1, 3, 4, 5])
    expect(() => nextKeyspace(view, [], slot(2))).toThrow(/would have 4 operators, and it needs at least 5/)
    expect(() => nextKeyspace(view, slot(0), [])).toThrow(/in the keyspace already/)
    expect(() => nextKeyspace(view, [], slot(5))).toThrow(/is not in the keyspace/)
    expect(() => nextKeyspace(view, slot(5), slot(5))).toThrow(/to be added and to be removed/)
    expect(() => nextKeyspace(view, [], [])).toThrow(/nobody/)
  })

  it('takes as long as whoever has most to do, and nothing where nothing limits it', () => {
    const settings = { migrationRxBandwidth: 1_000_000, migrationTxBandwidth: 0 }
    const view = cluster([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4], settings)
    const move = moveOf(view, [0, 1, 2, 3, 5])
    // All shards of slot 4 go to slot 5, which then holds as much as slot 4 did; it begins after 7.5 s.
    expect(estimatedSeconds(view, move, 100_000_000)).toBe(108)
    const unlimited = cluster([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4], { ...settings, migrationRxBandwidth: 0 })
    expect(estimatedSeconds(unlimited, move, 100_000_000)).toBeNull()
  })
})

describe('what would stall it', () => {
  const view = cluster([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4])
  const move = moveOf(view, [0, 1, 2, 3, 5])
  const facts = (changes: Readonly<Record<number, object>>) =>
    new Map(
      view.operators.map((member) => [
        member.slot,
        { member, balanceWei: member.slot === 4 ? null : 1n, answering: null, ...changes[member.slot] },
      ]),
    )

  it('is nothing where all can pay, and nobody was asked', () => {
    expect(stallsOf(move, facts({}))).toEqual([])
  })

  it('is an operator that can not finish, or that alone has what others need', () => {
    const placeholder = encodeOperatorData(placeholderOperator('new', new Uint8Array(32), ENCRYPTION_KEY))
    const decoded = placeholderOperator('new', new Uint8Array(32), ENCRYPTION_KEY)
    const stalls = stallsOf(
      move,
      facts({
        0: { balanceWei: 0n },
        1: { answering: 0 },
        2: { answering: 1 },
        3: { member: { ...like, slot: 3, decoded: null, reason: 'a test' } },
        4: { answering: 0 },
        5: { member: { ...like, slot: 5, data: placeholder, decoded, reason: null } },
      }),
    )
    expect(stalls).toEqual([
      expect.stringMatching(/^slot 0 .* holds no ETH/),
      expect.stringMatching(/^none of the 2 nodes of slot 1 .* is up$/),
      expect.stringMatching(/^slot 3 has data that does not decode/),
      expect.stringMatching(/^none of the 2 nodes of slot 4 .* is up, and 65536 shards would come from it alone$/),
      expect.stringMatching(/^slot 5 \("new"\) has only placeholder nodes/),
    ])
  })
})

it.each([
  ['1', 1],
  ['40GB', 40_000_000_000],
  ['2tb', 2_000_000_000_000],
])('reads %s as bytes', (text, bytes) => expect(parseByteCount(text, 'test')).toBe(bytes))

it.each(['', '0', '1.5GB', '-1', '9999999999TB', '40 GB', '40GiB'])('refuses %j as an amount of data', (text) =>
  expect(() => parseByteCount(text, '--database-size')).toThrow(/--database-size is .* not an amount of data/),
)
