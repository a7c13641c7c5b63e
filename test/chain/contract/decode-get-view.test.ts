import fc from 'fast-check'
import { decodeFunctionResult, encodeFunctionResult, type Hex, parseAbi } from 'viem'
import { describe, expect, it } from 'vitest'
import { CLUSTER_ABI } from '../../../src/chain/contract/cluster-abi.js'
import { decodeGetView } from '../../../src/chain/contract/decode-get-view.js'
import { readVectors } from '../../support/vectors.js'

const golden = readVectors<{ states: { get_view: Hex }[] }>('cluster-states').states.map(({ get_view }) => get_view)
const ABI = parseAbi([
  'struct Settings { uint16 a; uint8 b; bytes c; }',
  'struct Operator { address a; bytes b; }',
  'struct Keyspace { uint256 a; uint8 b; }',
  'struct Migration { uint64 a; uint64 b; uint64 c; uint256 d; }',
  'struct View { address a; Settings b; uint128 c; uint64 d; Operator[] e; Keyspace[2] f; Migration g; address h; }',
  'function getView() returns (View)',
])
const someone = `0x${'12'.repeat(20)}` as const

function viewOf(operators: number, bytes: number): Hex {
  const keyspace = { a: 0n, b: 0 }
  return encodeFunctionResult({
    abi: ABI,
    functionName: 'getView',
    result: {
      a: someone,
      b: { a: 4096, b: 5, c: '0x' },
      c: 1n,
      d: 0n,
      e: new Array(operators).fill({ a: someone, b: `0x${'ab'.repeat(bytes)}` }),
      f: [keyspace, keyspace],
      g: { a: 0n, b: 0n, c: 0n, d: 0n },
      h: someone,
    },
  })
}

const word = (value: number) => value.toString(16).padStart(64, '0')
/** As many slots that all lead to the same bytes. */
function sharing(slots: number, bytes: number): Hex {
  const one = viewOf(1, bytes).slice(2)
  const at = 64 + 2 * Number(`0x${one.slice(64 + 4 * 64, 64 + 5 * 64)}`)
  const tuple = one.slice(at + 128)
  return `0x${one.slice(0, at)}${word(slots)}${word(32 * slots).repeat(slots)}${tuple}`
}

describe('a view', () => {
  it.each(golden.map((view, index) => [index, view] as const))('is what the ABI says it is: golden %i', (_, view) => {
    const { owner, maintenanceSlot, operatorSlots, ...rest } = decodeFunctionResult({
      abi: CLUSTER_ABI,
      functionName: 'getView',
      data: view,
    })
    expect(decodeGetView(view)).toEqual({
      ...rest,
      owner: owner.toLowerCase(),
      operatorSlots: operatorSlots.map(({ addr, data }) => ({ addr: addr.toLowerCase(), data })),
      maintenanceSlot: maintenanceSlot.toLowerCase(),
    })
  })

  it('is decoded, up to as many slots as there can be', () => {
    for (const view of golden) expect(decodeGetView(view)?.version).toBeGreaterThan(0n)
    const full = decodeGetView(viewOf(256, 4096))
    expect(full?.operatorSlots).toHaveLength(256)
    expect(full?.operatorSlots[255]).toEqual({ addr: someone, data: `0x${'ab'.repeat(4096)}` })
    expect(decodeGetView(viewOf(257, 1))).toBeNull()
    expect(decodeGetView(sharing(1, 1000))?.operatorSlots).toHaveLength(1)
  })

  it.each([
    [2, 1000],
    [256, 60_000],
    [8000, 1_000_000],
  ])('of %i slots that share %i bytes is none', (slots, bytes) => {
    expect(decodeGetView(sharing(slots, bytes))).toBeNull()
  })

  it('of any bytes is one or none, whatever its offsets say', () => {
    const anyWord = fc.oneof(
      fc.nat(2000).map(word),
      fc.nat(40).map((n) => word(32 * n)),
      fc.constant('f'.repeat(64)),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((raw) => Buffer.from(raw).toString('hex')),
    )
    const edits = fc.array(fc.tuple(fc.nat(60), anyWord), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(...golden), edits, fc.nat(), (view, changes, cut) => {
        let text = view.slice(2)
        for (const [at, put] of changes) text = text.slice(0, at * 64) + put + text.slice(at * 64 + 64)
        for (const one of [text, text.slice(0, 2 * (cut % text.length))]) {
          const decoded = decodeGetView(`0x${one}`)
          const held = decoded?.operatorSlots.reduce((sum, { data }) => sum + data.length / 2 - 1, 0) ?? 0
          expect(held).toBeLessThanOrEqual(one.length / 2)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
