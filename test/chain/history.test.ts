/** What happened to a cluster, out of providers with all the limits, gaps and lies that they have. */
import fc from 'fast-check'
import { encodeAbiParameters, encodeEventTopics, type Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { decodeEvent } from '../../src/chain/decode-event.js'
import { blockSince, readHistory } from '../../src/chain/history.js'
import { LARGEST_ANSWER, moreThan } from '../../src/chain/rpc/answer-bounds.js'
import { type RpcReply, type RpcRequest, unreachable } from '../../src/chain/rpc/json-rpc.js'
import { rejectedBy } from '../support/rejected.js'
import { localRpc, no, ok, providersOf } from './providers-of.js'

const contract = parseAddress('12'.repeat(20), 'the test')
const operator = parseAddress('34'.repeat(20), 'the test')
const hex = (value: number) => `0x${value.toString(16)}`
const hashOf = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`

/** Who has the slot changes with every event. */
const toggled = (block: number, version: number, other: object = {}) => ({
  address: contract,
  topics: encodeEventTopics({ abi: CLUSTER_ABI, eventName: 'MaintenanceToggled', args: { operator } }),
  data: encodeAbiParameters([{ type: 'bool' }, { type: 'uint128' }], [version % 2 === 1, BigInt(version)]),
  blockNumber: hex(block),
  blockHash: hashOf(block),
  transactionHash: hashOf(1_000_000 + block),
  logIndex: '0x0',
  ...other,
})
const EVERY = 7
/** An event in each seventh block; `from` and `to` are blocks. */
const logsIn = (from: number, to: number) =>
  Array.from({ length: 150 }, (_, index) => toggled((index + 1) * EVERY, index + 1)).filter(
    ({ blockNumber }) => Number(blockNumber) >= from && Number(blockNumber) <= to,
  )
const query = { contract, from: 1, to: 1050, before: 0n, after: 150n }

interface Habits {
  /** Blocks that it gives at a time. */
  readonly widest?: number
  /** Events after which it stops without a word. */
  readonly most?: number
  readonly drops?: (block: number) => boolean
}

function provider(host: string, { widest = Infinity, most = Infinity, drops = () => false }: Habits = {}) {
  return localRpc(host, ({ method, params }: RpcRequest): RpcReply => {
    if (method === 'eth_getBlockByNumber') {
      const number = Number(params[0])
      return ok({ number: hex(number), hash: hashOf(number), timestamp: hex(1_000_000 + 2 * number) })
    }
    const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string }
    const [from, to] = [Number(fromBlock), Number(toBlock)]
    if (to - from + 1 > widest) return no('block range is too wide')
    return ok(
      logsIn(from, to)
        .filter(({ blockNumber }) => !drops(Number(blockNumber)))
        .slice(0, most),
    )
  })
}
const whole = (habits?: Habits) => readHistory(providersOf([provider('one', habits)]), query)

describe('a history', () => {
  it('is complete, in order and dated', async () => {
    const events = await whole()
    expect(events).toHaveLength(150)
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => BigInt(index + 1)))
    expect(events[2]).toEqual({
      ...{ kind: 'maintenance-entered', operator, version: 3n, block: 21, blockHash: hashOf(21), index: 0 },
      ...{ transaction: hashOf(1_000_021), time: 1_000_042 },
    })
  })

  it.each([1000, 100, 10])('is the same of a provider that gives %i blocks at a time', async (widest) => {
    expect(await whole({ widest })).toEqual(await whole())
  })

  it.each([100, 14, 2])('is the same of one that stops after %i events without a word', async (most) => {
    expect(await whole({ most })).toEqual(await whole())
  })

  it('is refused where an event is kept back whatever is asked', async () => {
    const { code, message } = await rejectedBy(whole({ drops: (block) => block === 350 }))
    expect(code).toBe('RPC_ERROR')
    expect(message).toMatch(/keeps events back: none made version 50/)
  })

  it.each([
    ['its end', 1050, /none made version 150/],
    ['its beginning', 7, /none made version 1$/],
  ])('is refused where %s is kept back', async (_, missing, sentence) => {
    const { message } = await rejectedBy(whole({ drops: (block) => block === missing }))
    expect(message).toMatch(sentence)
  })

  it('is believed from its first event on where nobody knows what was before', async () => {
    const providers = providersOf([provider('one', { drops: (block) => block === 7 })])
    expect(await readHistory(providers, { ...query, before: null })).toHaveLength(149)
  })

  it('is what two of three say', async () => {
    const liar = provider('liar', { drops: (block) => block === 700 })
    const providers = providersOf([provider('one'), liar, provider('two')], 2)
    expect(await readHistory(providers, query)).toHaveLength(150)
  })

  it.each([
    ['nothing', null],
    ['of another contract', toggled(7, 1, { address: operator })],
    ['of a block that was not asked for', toggled(2000, 1)],
    ['without topics', toggled(7, 1, { topics: [] })],
    ['cut off', toggled(7, 1, { data: '0x01' })],
    ['of an unknown kind', toggled(7, 1, { topics: [hashOf(7)] })],
  ])('refuses an event that is %s', async (_, log) => {
    const rpc = localRpc('odd', () => ok([log]))
    expect((await rejectedBy(readHistory(providersOf([rpc]), query))).code).toBe('RPC_ERROR')
  })

  it('asks nothing for no blocks', async () => {
    const rpc = provider('one')
    expect(await readHistory(providersOf([rpc]), { ...query, from: 5, to: 4 })).toEqual([])
    expect(rpc.asked).toEqual([])
  })
})

describe('the block of a time', () => {
  const since = (time: number) => blockSince(providersOf([provider('one')]), time, 1050)

  it.each([
    [1_000_042, 21],
    [1_000_041, 21],
    [1_000_043, 22],
    [0, 0],
    [9_999_999, 1050],
  ])('%i is in block %i', async (time, block) => expect(await since(time)).toBe(block))
})

describe('the block of a time, on any chain', () => {
  /** Blocks with these times. */
  function dated(times: (number: number) => number) {
    let roundTrips = 0
    const rpc = localRpc('one', ({ params }) => {
      const number = Number(params[0])
      return ok({ number: hex(number), hash: hashOf(number), timestamp: hex(times(number)) })
    })
    const send: typeof rpc.send = (requests) => {
      roundTrips++
      return rpc.send(requests)
    }
    return { providers: providersOf([{ ...rpc, send }]), roundTrips: () => roundTrips }
  }

  it('is the first that is not older, or the last there is', async () => {
    const gaps = fc.array(fc.oneof(fc.constantFrom(0, 2, 2, 2), fc.nat(500)), { minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(gaps, fc.nat(1200), async (steps, time) => {
        const times = steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0))
        const first = times.findIndex((at) => at >= time)
        const { providers } = dated((number) => times[number] ?? Number.NaN)
        expect(await blockSince(providers, time, times.length - 1)).toBe(first < 0 ? times.length - 1 : first)
      }),
    )
  })

  it('is found in a few round trips where blocks come evenly since long', async () => {
    const head = 145_678_901
    // Before that they came as they were wanted.
    const { providers, roundTrips } = dated((number) =>
      number < 105_235_063 ? 1_636_665_399 + Math.floor(number / 2) : 1_686_789_347 + 2 * (number - 105_235_063),
    )
    const time = 1_686_789_347 + 2 * (head - 105_235_063) - 30 * 86_400 - 1
    expect(await blockSince(providers, time, head)).toBe(head - 15 * 86_400)
    expect(roundTrips()).toBeLessThanOrEqual(4)
  })
})

it('an answer with more than anybody should read is asked for in parts', async () => {
  const whole = provider('one')
  const rpc: typeof whole = {
    ...whole,
    async send(requests) {
      const replies = await whole.send(requests)
      if (replies.some((reply) => JSON.stringify(reply).length > 5_000))
        throw unreachable('one', moreThan(LARGEST_ANSWER))
      return replies
    },
  }
  expect(await readHistory(providersOf([rpc]), query)).toHaveLength(150)
  const none: typeof whole = { ...whole, send: () => Promise.reject(unreachable('one', moreThan(LARGEST_ANSWER))) }
  expect((await rejectedBy(readHistory(providersOf([none]), query))).message).toContain('more than 16 MiB')
})

it('any bytes are an event or none', () => {
  const word = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`)
  const known = CLUSTER_ABI.filter((item) => item.type === 'event').map(
    (item) => encodeEventTopics({ abi: [item], eventName: item.name })[0] as Hex,
  )
  const topics = fc
    .tuple(fc.constantFrom(...known), fc.array(word, { maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest])
  const data = fc.uint8Array({ maxLength: 300 }).map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`)
  fc.assert(fc.property(topics, data, (some, bytes) => void decodeEvent(some, bytes)))
})
