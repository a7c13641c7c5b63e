/** What a signed write depends on, and how it is told that it does not hold any more. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, ZERO_ADDRESS } from '../../../src/base/address.js'
import type { Hex } from '../../../src/base/hex.js'
import type { ClusterSnapshot } from '../../../src/chain/chain.js'
import { clusterView } from '../../../src/cluster/cluster-view.js'
import { changedSince, writeBase } from '../../../src/write/model/write-base.js'

const id = (digits: string) => `0x${digits.repeat(20)}` as Address
const OPERATOR = id('a1')
const OTHER = id('a2')

interface Situation {
  readonly block: number
  /** By operator. */
  readonly data: readonly (readonly [Address, Hex])[]
  readonly migration: bigint
  readonly pulling: bigint
  readonly maintenance: Address | null
}

const USUAL: Situation = {
  block: 7,
  data: [
    [OPERATOR, '0x01'],
    [OTHER, '0x02'],
  ],
  migration: 3n,
  pulling: 0n,
  maintenance: null,
}

function snapshot(difference: Partial<Situation> = {}): ClusterSnapshot {
  const { block, data, migration, pulling, maintenance } = { ...USUAL, ...difference }
  const view = clusterView({
    owner: id('0f'),
    settings: { maxOperatorDataBytes: 4096, minOperators: 5, extra: '0x' },
    version: BigInt(block),
    keyspaceVersion: 2n,
    operatorSlots: data.map(([addr, hex]) => ({ addr, data: hex })),
    keyspaces: [
      { operatorBitmask: 3n, replicationStrategy: 0 },
      { operatorBitmask: 3n, replicationStrategy: 0 },
    ],
    migration: { id: migration, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: pulling },
    maintenanceSlot: maintenance ?? ZERO_ADDRESS,
  })
  const hash: Hex = `0x${block.toString(16).padStart(64, '0')}`
  return { chainId: 31337, contract: id('c0'), block: { number: block, hash }, view }
}

const BASE = writeBase(snapshot(), OPERATOR)
const changes = (difference: Partial<Situation>) => changedSince(BASE, snapshot(difference))

describe('what a write is based on', () => {
  it('is the block, the data of the operator that is written, the migration and the maintenance slot', () => {
    expect(BASE).toEqual({
      block: { number: 7, hash: `0x${'0'.repeat(63)}7` },
      operator: { id: OPERATOR, data: '0x01' },
      migration: { id: 3n, pulling: false },
      maintenance: null,
    })
  })

  it('is that there is no such operator, where it is added', () => {
    expect(writeBase(snapshot(), id('a3')).operator).toEqual({ id: id('a3'), data: null })
  })

  it('is nobody’s data where none is written', () => {
    expect(writeBase(snapshot(), null).operator).toBeNull()
  })

  it('tells a cluster that never migrated from one that did', () => {
    expect(writeBase(snapshot({ migration: 0n }), null).migration).toEqual({ id: 0n, pulling: false })
    expect(writeBase(snapshot({ pulling: 2n }), null).migration).toEqual({ id: 3n, pulling: true })
  })
})

describe('what changed since', () => {
  const without = USUAL.data.slice(1)

  it.each<[string, Partial<Situation>, string[]]>([
    ['nothing, in a later block', { block: 900 }, []],
    [
      'nothing, where another operator changed',
      {
        data: [
          [OPERATOR, '0x01'],
          [OTHER, '0x0202'],
        ],
      },
      [],
    ],
    ['nothing, where the operator moved to another slot', { data: [...without, [OPERATOR, '0x01']] }, []],
    ['the data', { data: [[OPERATOR, '0x0101'], ...without] }, [`the data of operator ${OPERATOR} changed`]],
    ['all of it, where the operator was removed', { data: without }, [`the data of operator ${OPERATOR} changed`]],
    ['a migration', { migration: 4n, pulling: 1n }, ['a data migration started']],
    ['a migration that came and went', { migration: 4n }, ['a data migration ended']],
    ['the maintenance slot', { maintenance: OTHER }, [`${OTHER} took the maintenance slot`]],
    [
      'everything',
      { data: without, migration: 4n, pulling: 1n, maintenance: OPERATOR },
      [`the data of operator ${OPERATOR} changed`, 'a data migration started', `${OPERATOR} took the maintenance slot`],
    ],
  ])('is %s', (_, difference, sentences) => {
    expect(changes(difference)).toEqual(sentences)
  })

  it('is what ended, too', () => {
    const base = writeBase(snapshot({ pulling: 1n, maintenance: OTHER }), OPERATOR)
    expect(changedSince(base, snapshot())).toEqual(['a data migration ended', 'the maintenance slot was freed'])
  })

  it('is that the operator appeared, where it was to be added', () => {
    const base = writeBase(snapshot({ data: without }), OPERATOR)
    expect(changedSince(base, snapshot())).toEqual([`the data of operator ${OPERATOR} changed`])
  })

  it('is not the data of an operator where none is written', () => {
    expect(changedSince(writeBase(snapshot(), null), snapshot({ data: [] }))).toEqual([])
  })

  it('is nothing exactly where all of it is the same', () => {
    const anyData = fc.constantFrom<Hex>('0x01', '0x0101', '0x')
    const anySituation: fc.Arbitrary<Situation> = fc.record({
      block: fc.nat({ max: 1000 }),
      data: fc.oneof(
        fc.constant(without),
        anyData.map((data) => [[OPERATOR, data] as const, ...without]),
      ),
      migration: fc.bigInt({ min: 0n, max: 2n }),
      pulling: fc.bigInt({ min: 0n, max: 2n }),
      maintenance: fc.constantFrom(null, OPERATOR, OTHER),
    })
    fc.assert(
      fc.property(anySituation, anySituation, (then, now) => {
        const base = writeBase(snapshot(then), OPERATOR)
        const { block: _, ...before } = base
        const { block: __, ...after } = writeBase(snapshot(now), OPERATOR)
        const same = JSON.stringify(before, text) === JSON.stringify(after, text)
        expect(changedSince(base, snapshot(now)).length === 0).toBe(same)
      }),
      { numRuns: 300 },
    )
  })
})

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
