import { describe, expect, it, vi } from 'vitest'
import { type Address, parseAddress } from '../../src/base/address.js'
import type { Hex } from '../../src/base/hex.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { decodeGetView } from '../../src/chain/contract/decode-get-view.js'
import { clusterView, findOperator, type RawClusterView } from '../../src/cluster/cluster-view.js'
import { PostcardReader } from '../../src/cluster/codec/postcard.js'
import { clusterJson } from '../../src/cluster/to-json.js'
import { readVectors } from '../support/vectors.js'

interface Expected {
  readonly settings: Readonly<Record<string, number>>
  readonly operators: readonly (Readonly<Record<string, unknown>> | null)[]
  readonly keyspace: readonly number[]
  readonly new_keyspace: readonly number[] | null
  readonly pulling_operators: readonly number[] | null
  readonly maintenance: string | null
}

const golden = readVectors<{
  chain_id: number
  contract: string
  owner: string
  encryption_key: string
  states: { name: string; get_view: Hex; expected: Expected }[]
}>('cluster-states')
const key = parseEncryptionKey(golden.encryption_key, 'x')

function decoded(state: number): RawClusterView {
  const data = golden.states[state]?.get_view ?? '0x'
  const view = decodeGetView(data)
  if (!view) throw new Error('the recorded view does not decode')
  return view
}

const first = decoded(0)

describe('the golden states', () => {
  it.each(golden.states.map(({ name, expected }, index) => ({ name, expected, index })))('$name', (state) => {
    const { expected } = state
    const view = clusterView(decoded(state.index))
    expect(view.problems).toEqual([])

    const block = { number: 7, hash: `0x${'ab'.repeat(32)}` as Hex }
    const contract = parseAddress(golden.contract, 'x')
    const json = clusterJson({ chainId: golden.chain_id, contract, block, view }, key)
    expect(json).toMatchObject({
      chain_id: golden.chain_id,
      contract: golden.contract.toLowerCase(),
      block,
      owner: golden.owner.toLowerCase(),
      settings: expected.settings,
      operators: expected.operators.filter((operator) => operator !== null),
      keyspace: expected.keyspace,
      new_keyspace: expected.new_keyspace,
      pulling_operators: expected.pulling_operators,
      maintenance: expected.maintenance,
    })
    for (const operator of json.operators) {
      if ('corrupted' in operator) expect(operator.reason).not.toBe('')
      else expect(operator.in_keyspace).toBe(expected.keyspace.includes(operator.slot))
    }
  })
})

describe('clusterView', () => {
  it('finds operators by address', () => {
    const view = clusterView(first)
    const id = parseAddress(first.operatorSlots[3]?.addr ?? '', 'x')
    expect(findOperator(view, id)?.slot).toBe(3)
    expect(findOperator(view, `0x${'01'.repeat(20)}` as Address)).toBeNull()
  })

  it('decodes only the operators that are looked at, and each of them once', () => {
    const strings = vi.spyOn(PostcardReader.prototype, 'string')
    const view = clusterView(first)
    expect(strings).not.toHaveBeenCalled()
    expect(view.operators[1]?.decoded?.name).toBe('Operator1')
    expect(view.operators[1]?.reason).toBeNull()
    expect(view.operators[1]?.decoded).toBe(view.operators[1]?.decoded)
    expect(strings).toHaveBeenCalledTimes(1)
    strings.mockRestore()
  })

  it('shows the last migration once there has been one', () => {
    expect(clusterView(first).migration).toBeNull()
    const aborted = golden.states.findIndex(({ name }) => name === 'migration aborted')
    const view = clusterView(decoded(aborted))
    expect(view.migration).toMatchObject({ id: 1n })
    expect(view.migration?.abortedAt).toBeGreaterThan(0n)
    expect(view.newKeyspace).toBeNull()
  })

  it('keeps the serving keyspace apart from the new one, whatever the parity', () => {
    const keyspaces = [
      { operatorBitmask: 0b0011111n, replicationStrategy: 0 },
      { operatorBitmask: 0b1101111n, replicationStrategy: 0 },
    ]
    const slots = [
      ...first.operatorSlots,
      ...[1, 2].map((n) => ({ addr: `0x${String(n).repeat(40)}`, data: '0x' as Hex })),
    ]
    const raw = { ...first, operatorSlots: slots, keyspaces }
    const pulling = { id: 9n, startedAt: 5n, abortedAt: 0n, pullingOperatorBitmask: 1n << 6n }
    const even = [0, 1, 2, 3, 4]
    const odd = [0, 1, 2, 3, 5, 6]
    expect(clusterView({ ...raw, keyspaceVersion: 4n })).toMatchObject({ keyspace: even, newKeyspace: null })
    expect(clusterView({ ...raw, keyspaceVersion: 5n })).toMatchObject({ keyspace: odd, pullingOperators: null })
    expect(clusterView({ ...raw, keyspaceVersion: 5n, migration: pulling })).toMatchObject({
      keyspace: even,
      newKeyspace: odd,
      pullingOperators: [6],
      problems: [],
    })
    expect(clusterView({ ...raw, keyspaceVersion: 2n ** 64n - 2n, migration: pulling })).toMatchObject({
      keyspace: odd,
      newKeyspace: even,
    })
  })

  it('takes the whole width of a bitmask', () => {
    const all = { operatorBitmask: 2n ** 256n - 1n, replicationStrategy: 0 }
    expect(clusterView({ ...first, keyspaces: [all, all] }).keyspace).toEqual([...Array(256).keys()])
  })
})

describe('what the network rejects', () => {
  const keyspace = (operatorBitmask: bigint, replicationStrategy = 0) => ({ operatorBitmask, replicationStrategy })
  const served = keyspace(0b11111n)
  const slots = first.operatorSlots
  const pulling = { id: 1n, startedAt: 5n, abortedAt: 0n, pullingOperatorBitmask: 1n }

  it.each<[string, Partial<RawClusterView>, RegExp[]]>([
    ['empty settings', { settings: { ...first.settings, extra: '0x' } }, [/the settings are empty/]],
    ['truncated settings', { settings: { ...first.settings, extra: '0x0105' } }, [/ends inside the list of settings/]],
    ['settings of another schema', { settings: { ...first.settings, extra: '0x09' } }, [/schema version 9/]],
    ['a strategy', { keyspaces: [keyspace(0b11111n, 3), served] }, [/serving keyspace has replication strategy 3/]],
    ['four operators', { keyspaces: [keyspace(0b1111n), served] }, [/serving keyspace has 4 operators, fewer than 5/]],
    ['an empty slot', { keyspaces: [keyspace(0b1011111n), served] }, [/serving keyspace names empty slots: 6$/]],
    ['a duplicate', { operatorSlots: [...slots, ...slots.slice(0, 1)] }, [/operator 0x4a72\w+ is in slots 0 and 5/]],
    [
      'four slots',
      { operatorSlots: slots.slice(0, 4) },
      [/has 4 operator slots, fewer than 5/, /serving keyspace names empty slots: 4/],
    ],
    [
      'a new keyspace',
      { keyspaceVersion: 1n, migration: pulling, keyspaces: [served, keyspace(0b1001111n, 1)] },
      [/new keyspace has replication strategy 1/, /new keyspace names empty slots: 6/],
    ],
    [
      'a migration at version 0',
      { keyspaceVersion: 0n, migration: pulling, keyspaces: [served, served] },
      [/keyspace version is 0/],
    ],
  ])('%s', (_, change, problems) => {
    const view = clusterView({ ...first, ...change })
    expect(view.problems).toEqual(problems.map((problem) => expect.stringMatching(problem)))
  })

  it('is not: an idle keyspace that is empty or stale, a freed slot, data that does not decode', () => {
    const zero = { addr: `0x${'0'.repeat(40)}`, data: '0x' as Hex }
    const broken = { addr: `0x${'9'.repeat(40)}`, data: '0x' as Hex }
    const view = clusterView({
      ...first,
      operatorSlots: [...slots, zero, zero, broken],
      keyspaces: [served, keyspace(0b1100000n, 7)],
    })
    expect(view.problems).toEqual([])
    expect(view.operators.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 7])
    expect(view.operators[5]).toMatchObject({ decoded: null, reason: 'the data is empty' })
  })

  it('still shows its settings, as defaults', () => {
    const view = clusterView({ ...first, settings: { maxOperatorDataBytes: 99, minOperators: 7, extra: '0x' } })
    expect(view.settings).toMatchObject({ maxOperatorDataBytes: 99, minOperators: 7, clockSkewMs: 500 })
  })
})
