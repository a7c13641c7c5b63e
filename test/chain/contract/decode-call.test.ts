/** Calldata of the cluster contract, against the ABI that the development contract was compiled to. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { type Abi, type AbiFunction, encodeFunctionData, type Hex, toFunctionSelector, toFunctionSignature } from 'viem'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../../src/base/address.js'
import { bytesToHex } from '../../../src/base/hex.js'
import { callDecoder, encodeCall } from '../../../src/chain/calls.js'
import type { ClusterCall } from '../../../src/chain/chain.js'
import { readVectors } from '../../support/vectors.js'

const artifact = JSON.parse(
  readFileSync(new URL('../../../src/chain/contract/contracts.json', import.meta.url), 'utf8'),
) as { contracts: { Cluster: { abi: Abi } } }
const { abi } = artifact.contracts.Cluster
const functions = abi.filter((item): item is AbiFunction => item.type === 'function')
const A = `0x${'a1'.repeat(20)}`
const B = `0x${'b2'.repeat(20)}`
const encode = (functionName: string, ...args: readonly unknown[]) => encodeFunctionData({ abi, functionName, args })
const settings = { maxOperatorDataBytes: 4096, minOperators: 5, extra: '0x0102' }

describe('calls of the contract', () => {
  it.each(functions.map((item) => [toFunctionSignature(item), item] as const))('knows %s', (signature, item) => {
    expect(callDecoder.functionOf(toFunctionSelector(item))).toBe(signature)
  })

  it.each<readonly [string, readonly unknown[], object]>([
    [
      'initialize',
      [settings, [{ addr: A, data: '0x01' }]],
      {
        settings: { ...settings, extra: Uint8Array.of(1, 2) },
        operators: [{ id: A, data: Uint8Array.of(1) }],
      },
    ],
    [
      'startMigration',
      [{ operatorBitmask: (1n << 255n) | 0b1011n, replicationStrategy: 7 }],
      { slots: [0, 1, 3, 255], replicationStrategy: 7 },
    ],
    ['completeMigration', [2n ** 64n - 1n], { id: 2n ** 64n - 1n }],
    ['abortMigration', [3n], { id: 3n }],
    ['addNodeOperator', [{ addr: A, data: '0x0a0b' }], { operator: A, data: Uint8Array.of(10, 11) }],
    ['updateNodeOperatorData', [A, '0x'], { operator: A, data: new Uint8Array() }],
    ['removeNodeOperator', [B], { operator: B }],
    ['setMaintenance', [true], { active: true }],
    ['setMaintenance', [false], { active: false }],
    ['updateSettings', [settings], { settings: { ...settings, extra: Uint8Array.of(1, 2) } }],
    ['transferOwnership', [B], { newOwner: B }],
    ['acceptOwnership', [], {}],
    ['renounceOwnership', [], {}],
    ['upgradeToAndCall', [A, '0x01'], { implementation: A, data: Uint8Array.of(1) }],
  ])('reads back %s', (fn, args, meaning) => {
    const item = functions.find(({ name }) => name === fn)
    const data = encode(fn, ...args)
    const signature = item && toFunctionSignature(item)
    expect(callDecoder.decode(data)).toEqual({ fn, ...meaning, signature, canonical: true })
    expect(callDecoder.decode(data.toUpperCase().replace('0X', '0x'))).toEqual(callDecoder.decode(data))
  })

  it('tells what only reads', () => {
    expect(callDecoder.decode(encode('getView'))).toEqual({ fn: 'read', signature: 'getView()', canonical: true })
    expect(callDecoder.decode(encode('isOperator', A))).toMatchObject({ fn: 'read', canonical: true })
  })
})

describe('calldata that is odd', () => {
  const update = encode('updateNodeOperatorData', A, '0x010203')

  it.each([
    ['bytes behind it', `${update}00`],
    ['an address with more than 20 bytes', update.replace(/^(0x.{8})00/, '$111')],
    ['a padding that is not zero', update.replace(/00$/, '01')],
    ['an offset that leaves a gap', moved(update)],
  ])('says that it is not encoded as tools do it: %s', (_, data) => {
    expect(callDecoder.decode(data)).toMatchObject({ fn: 'updateNodeOperatorData', operator: A, canonical: false })
  })

  it.each([
    ['nothing', ''],
    ['no bytes', '0x'],
    ['half a selector', '0x01ff'],
    ['an unknown selector', '0xdeadbeef'],
    ['arguments that are cut off', update.slice(0, -64)],
    ['half a byte', update.slice(0, -1)],
    ['no hex', `${update.slice(0, -2)}zz`],
    ['a number that is too large', encode('completeMigration', 1n).replace(/^(0x.{8})00/, '$1ff')],
  ])('is no call: %s', (_, data) => {
    expect(callDecoder.decode(data)).toBeNull()
  })

  it('still names the function whose arguments make no sense', () => {
    expect(callDecoder.functionOf(update.slice(0, 20))).toBe('updateNodeOperatorData(address,bytes)')
    expect(callDecoder.functionOf('0xdeadbeef')).toBeNull()
    // Names that every object has.
    expect(callDecoder.functionOf('constructor')).toBeNull()
  })

  it('survives any bytes', () => {
    const selectors = functions.map((item) => toFunctionSelector(item))
    const anyBytes = fc.uint8Array({ maxLength: 400 }).map(bytesToHex)
    const anyCall = fc
      .tuple(fc.constantFrom(...selectors), anyBytes)
      .map(([selector, rest]) => selector + rest.slice(2))
    const damaged = fc
      .tuple(fc.constantFrom(update, encode('initialize', settings, [{ addr: A, data: '0x01' }])), fc.nat(), anyBytes)
      .map(([data, at, rest]) => {
        const cut = 2 + 2 * (at % (data.length / 2 - 1))
        return data.slice(0, cut) + rest.slice(2, 66) + data.slice(cut + 64)
      })
    fc.assert(
      fc.property(fc.oneof(anyBytes, anyCall, damaged, fc.string()), (data) => {
        const call = callDecoder.decode(data)
        if (call?.canonical) expect(callDecoder.functionOf(data)).toBe(call.signature)
      }),
      { numRuns: 2000 },
    )
  })
})

/** The same arguments, with the data 32 bytes further behind. */
function moved(data: Hex): Hex {
  const [head, operator, rest] = [data.slice(0, 10), data.slice(10, 74), data.slice(138)]
  return `${head}${operator}${'60'.padStart(64, '0')}${'00'.repeat(32)}${rest}` as Hex
}

describe('calls that this tool makes', () => {
  const contract = parseAddress(A, 'the test')
  const address = fc
    .uint8Array({ minLength: 20, maxLength: 20 })
    .map((bytes) => parseAddress(bytesToHex(bytes), 'the test'))
  const bytes = fc.uint8Array({ maxLength: 100 })
  const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const calls: fc.Arbitrary<ClusterCall> = fc.oneof(
    fc.record({ fn: fc.constantFrom('updateNodeOperatorData', 'addNodeOperator'), operator: address, data: bytes }),
    fc.record({ fn: fc.constant('removeNodeOperator' as const), operator: address }),
    fc.record({ fn: fc.constant('setMaintenance' as const), active: fc.boolean() }),
    fc.record({
      fn: fc.constant('updateSettings' as const),
      settings: fc.record({
        maxOperatorDataBytes: fc.nat({ max: 65_535 }),
        minOperators: fc.nat({ max: 255 }),
        extra: bytes,
      }),
    }),
    fc.record({
      fn: fc.constant('startMigration' as const),
      slots: fc.uniqueArray(fc.nat({ max: 255 })).map((slots) => slots.sort((a, b) => a - b)),
    }),
    fc.record({ fn: fc.constantFrom('completeMigration', 'abortMigration'), id }),
    fc.record({ fn: fc.constant('transferOwnership' as const), newOwner: address }),
    fc.record({ fn: fc.constant('acceptOwnership' as const) }),
  )

  it('are read back as what they are', () => {
    fc.assert(
      fc.property(calls, (call) => {
        expect(callDecoder.decode(encodeCall(contract, call).data)).toMatchObject({ ...call, canonical: true })
      }),
    )
  })

  it('are, byte for byte, what the network’s own tools sent', () => {
    const { states } = readVectors<{ states: { transactions: { input: Hex }[] }[] }>('cluster-states')
    const inputs = states.flatMap(({ transactions }) => transactions.map(({ input }) => input))
    const made = inputs.map((input) => encodeCall(contract, callDecoder.decode(input) as ClusterCall).data)
    expect(made).toEqual(inputs)
    expect(new Set(inputs.map((input) => callDecoder.decode(input)?.fn)).size).toBeGreaterThan(6)
  })
})
