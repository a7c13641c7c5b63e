import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { createDeadline } from '../../src/base/deadline.js'
import type { Hex } from '../../src/base/hex.js'
import { heardBeat, sawHead, untilNextBlockMs } from '../../src/chain/block-beat.js'
import { broadcast } from '../../src/chain/broadcast.js'
import { followTransaction } from '../../src/chain/follow-transaction.js'
import { connectJsonRpc } from '../../src/chain/rpc/connect-json-rpc.js'
import type { JsonRpc } from '../../src/chain/rpc/json-rpc.js'
import type { FollowOptions, SignedTransaction } from '../../src/chain/transaction.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'
import { type FakeProvider, Fault, isBatch, startFakeProvider, TOKEN } from '../support/fake-provider.js'
import { localRpc, ok, providersOf, type TestProviders } from './providers-of.js'

const hash: Hex = `0x${'ab'.repeat(32)}`
const blockHash: Hex = `0x${'cd'.repeat(32)}`
const from = parseAddress(`${'00'.repeat(19)}01`, 'the test')
const signed: SignedTransaction = { hash, raw: '0x02c0ffee', nonce: 7, from }
const receipt = {
  transactionHash: hash,
  blockNumber: '0x64',
  blockHash,
  gasUsed: '0x5208',
  effectiveGasPrice: '0x64',
  l1Fee: '0x3e8',
  status: '0x1',
}
const head = (number: string, hashOfHead: Hex = blockHash) => ({
  number,
  hash: hashOfHead,
  timestamp: '0x1',
  baseFeePerGas: '0x1',
  transactions: [],
})

let provider: FakeProvider
let rpc: JsonRpc | undefined
let clock: FakeClock
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.stop())
afterEach(() => {
  rpc?.close()
  provider.reset()
})

/** What the chain knows of the transaction and of its sender; a test's `step` changes it from look to look. */
interface World {
  receipt: unknown
  count: number
  known: boolean
}

function serve(world: Partial<World> = {}, step: (world: World, look: number) => void = () => {}) {
  const now: World = { receipt: null, count: 7, known: false, ...world }
  let looks = 0
  provider.methods = {
    eth_sendRawTransaction: () => hash,
    eth_getTransactionReceipt: () => {
      step(now, ++looks)
      return now.receipt
    },
    // The state of old blocks is gone: what used the nonce can't be looked for.
    eth_getTransactionCount: (_: string, tag: string) =>
      tag === 'latest' ? `0x${now.count.toString(16)}` : new Fault(-32000, 'missing trie node'),
    eth_getTransactionByHash: () => (now.known ? { hash } : null),
    eth_getBlockByNumber: () => head('0x64'),
  }
}

interface Follow extends Partial<FollowOptions> {
  readonly requestTimeoutMs?: number
  readonly url?: string
  readonly chainId?: number | undefined
  /** In place of the one at `url`. */
  readonly providers?: TestProviders
  /** Of the whole command. */
  readonly deadlineMs?: number
}

async function follow({
  requestTimeoutMs = 5000,
  url = provider.url,
  chainId = 31337,
  providers,
  deadlineMs,
  ...options
}: Follow = {}) {
  rpc = await connectJsonRpc(url, requestTimeoutMs)
  clock = fakeClock()
  const nowMs = () => clock.now() * 1000
  const outcome = await followTransaction(
    {
      providers: providers ?? providersOf([rpc]),
      chainId,
      clock,
      nowMs,
      deadline: createDeadline(nowMs, deadlineMs ?? null),
    },
    signed,
    { finality: 'included', timeoutMs: 10_000, giveUpUnheard: false, sinceBlock: 90, ...options },
  )
  expect(JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
    TOKEN,
  )
  return outcome
}
const looks = () => provider.asked().filter((method) => method === 'eth_getTransactionReceipt').length

describe('included', () => {
  it('with its receipt, at the first look, which is one request', async () => {
    serve({ receipt, count: 8 })
    expect(await follow()).toEqual({
      kind: 'included',
      receipt: {
        hash,
        block: { number: 100, hash: blockHash },
        gasUsed: 21_000n,
        feeWei: 2_101_000n,
        l1FeeWei: 1000n,
      },
    })
    expect(clock.pauses).toEqual([])
    expect(provider.received).toHaveLength(1)
  })

  it('soon after the next block is due, where blocks have a beat, with no look before', async () => {
    const rpc = await connectJsonRpc(provider.url, 5000)
    const second = Math.floor(Date.now() / 1000)
    // Just seen, and no later than at its time: two seconds remain.
    sawHead(rpc, { number: 99, time: second }, second * 1000)
    heardBeat(
      rpc,
      [98, 95].map((number) =>
        ok({ ...head(`0x${number.toString(16)}`), timestamp: `0x${(second - 2 * (99 - number)).toString(16)}` }),
      ),
    )
    const due = untilNextBlockMs([rpc]) ?? 0
    serve({ receipt, count: 8 })
    expect((await follow({ providers: providersOf([rpc]), justSent: true })).kind).toBe('included')
    expect(clock.pauses).toHaveLength(1)
    expect(clock.pauses[0]).toBeGreaterThan(0)
    expect(clock.pauses[0]).toBeLessThanOrEqual(due)
    expect(looks()).toBe(1)
    rpc.close()
  })

  it('after some looks, the same over a WebSocket', async () => {
    for (const url of [provider.url, provider.wsUrl]) {
      serve({ known: true }, (world, look) => {
        if (look === 5) Object.assign(world, { receipt, count: 8 })
      })
      expect((await follow({ url })).kind).toBe('included')
      expect(clock.pauses).toEqual([250, 250, 250, 250])
    }
  })

  it('although the nonce rose before the receipt was there', async () => {
    serve({ known: true, count: 8 }, (world, look) => {
      if (look === 3) world.receipt = receipt
    })
    expect((await follow()).kind).toBe('included')
  })

  it('in whatever case the provider writes hashes', async () => {
    const upper = (text: string) => `0x${text.slice(2).toUpperCase()}`
    serve({ receipt: { ...receipt, transactionHash: upper(hash), blockHash: upper(blockHash) } })
    expect(await follow()).toMatchObject({ kind: 'included', receipt: { hash, block: { hash: blockHash } } })
  })
})

describe('what an included transaction cost', () => {
  const { l1Fee, ...withoutL1 } = receipt
  const operator = { operatorFeeScalar: '0x7a120', operatorFeeConstant: '0x7' }
  const all = { gasUsed: 21_000n, l1FeeWei: 1000n }
  const unknown = (field: 'gasUsed' | 'l1FeeWei' | null) => ({ ...all, ...(field && { [field]: null }), feeWei: null })

  it.each<[string, object, object, number?]>([
    ['all of it', receipt, { ...all, feeWei: 2_101_000n }],
    ['on a chain without L1 fees', withoutL1, { ...all, l1FeeWei: 0n, feeWei: 2_100_000n }],
    ['the operator fee of Isthmus', { ...receipt, ...operator }, { ...all, feeWei: 2_101_000n + 10_500n + 7n }],
    [
      'the operator fee of Jovian',
      { ...receipt, ...operator, operatorFeeScalar: '0x2', daFootprintGasScalar: '0x190' },
      { ...all, feeWei: 2_101_000n + 4_200_000n + 7n },
    ],
    ['no operator fee', { ...receipt, operatorFeeScalar: '0x0', operatorFeeConstant: null }, { feeWei: 2_101_000n }],
    ['not without the L1 fee on OP Mainnet', withoutL1, unknown('l1FeeWei'), 10],
  ])('is %s', async (_, shown, cost, chainId) => {
    serve({ receipt: shown, count: 8 })
    expect(await follow({ chainId })).toMatchObject({ kind: 'included', receipt: cost })
  })

  it.each([
    ['effectiveGasPrice', null],
    ['gasUsed', 'gasUsed'],
    ['l1Fee', 'l1FeeWei'],
    ['operatorFeeScalar', null],
    ['operatorFeeConstant', null],
  ] as const)('is not known where %s is garbled, and how it ended is', async (name, missing) => {
    for (const garbled of ['', '0x', '7520000000', 'lots', 5, {}, [], true, `0x${'f'.repeat(65)}`]) {
      serve({ receipt: { ...receipt, [name]: garbled }, count: 8 })
      expect(await follow(), String(garbled)).toMatchObject({ kind: 'included', receipt: unknown(missing) })
    }
    if (name !== 'effectiveGasPrice' && name !== 'gasUsed') return
    for (const left of [null, undefined]) {
      serve({ receipt: { ...receipt, [name]: left, status: '0x0' }, count: 8 })
      expect(await follow()).toMatchObject({ kind: 'reverted', receipt: unknown(missing) })
    }
  })

  it('does not hang on fields that say nothing about it', async () => {
    for (const contractAddress of ['', '0x', 'none', {}, `0x${'12'.repeat(20)}`]) {
      serve({ receipt: { ...receipt, contractAddress, from: 5, logs: 'many', type: null }, count: 8 })
      expect(await follow()).toMatchObject({ kind: 'included', receipt: { feeWei: 2_101_000n } })
    }
  })

  it('is what as many say as have to agree; who says otherwise is named', async () => {
    const showing = (fields: object) =>
      localRpc('', ({ method }) => {
        if (method === 'eth_getTransactionReceipt') return ok({ ...receipt, ...fields })
        return ok(method === 'eth_getBlockByNumber' ? head('0x64') : '0x8')
      })
    const cost = async (quorum: number, ...shown: readonly object[]) => {
      const rpcs = shown.map((fields, n) => ({ ...showing(fields), host: 'abc'.charAt(n) }))
      const providers = providersOf(rpcs, quorum)
      const outcome = await follow({ providers })
      return { cost: outcome.kind === 'included' && outcome.receipt, warned: providers.warned }
    }
    expect(await cost(2, { l1Fee: '0xfffff' }, {}, {})).toMatchObject({
      cost: { ...all, feeWei: 2_101_000n },
      warned: [
        'a says that the fee on L1 in wei is 1048575, where others say 1000',
        'a says that the cost in wei is 3148575, where others say 2101000',
      ],
    })
    expect(await cost(2, {}, { effectiveGasPrice: null }, {})).toMatchObject({
      cost: { ...all, feeWei: 2_101_000n },
      warned: [],
    })
    expect(await cost(2, {}, { gasUsed: '0x1' })).toMatchObject({
      cost: { gasUsed: null, l1FeeWei: 1000n, feeWei: null },
      warned: [],
    })
  })
})

it('reverted is not included', async () => {
  serve({ receipt: { ...receipt, status: '0x0' } })
  expect(await follow()).toMatchObject({ kind: 'reverted', receipt: { block: { number: 100 } } })
})

describe('a receipt counts only in a block of the chain', () => {
  it.each([
    ['lies above the head', head('0x63', blockHash)],
    ['has another hash than the block became', head('0x64', `0x${'ee'.repeat(32)}`)],
  ])('one that is still being built %s: it is waited for', async (_, provisional) => {
    let seen = 0
    serve({ receipt, count: 8, known: true }, (_world, look) => {
      seen = look
    })
    Object.assign(provider.methods, {
      eth_getBlockByNumber: () => (seen < 6 ? provisional : head('0x64', blockHash)),
    })
    expect((await follow()).kind).toBe('included')
    expect(looks()).toBe(6)
  })

  it('below the head its number is asked for', async () => {
    serve({ receipt, count: 8 })
    provider.methods.eth_getBlockByNumber = (tag: string) =>
      tag === 'latest' ? head('0x70', `0x${'99'.repeat(32)}`) : head(tag as Hex)
    expect((await follow()).kind).toBe('included')
    expect(provider.received).toHaveLength(2)
  })

  it.each([
    ['another block', head('0x64', `0x${'ee'.repeat(32)}`)],
    ['no block', null],
    ['nonsense', 'nonsense'],
    ['an error', new Fault(-32000, 'busy')],
  ])('which is not so where there is %s in its place', async (_, inItsPlace) => {
    serve({ receipt, known: true })
    provider.methods.eth_getBlockByNumber = (tag: string) =>
      tag === 'latest' ? head('0x70', `0x${'99'.repeat(32)}`) : inItsPlace
    expect((await follow({ timeoutMs: 2000 })).kind).toBe('unknown')
  })

  it('nor where nobody tells the head', async () => {
    serve({ receipt, count: 8 })
    provider.methods.eth_getBlockByNumber = () => new Fault(-32000, 'busy')
    expect(await follow({ timeoutMs: 2000 })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('busy'),
    })
  })
})

describe('finality', () => {
  /** The finality's head rises from look to look. */
  function finalUpTo(numberAt: (look: number) => Hex | null, tag = 'safe') {
    let seen = 0
    serve({ receipt, count: 8 }, (_, look) => {
      seen = look
    })
    const final = () => {
      const number = numberAt(seen)
      return number === null ? new Fault(-39001, `${tag} block not found`) : head(number)
    }
    provider.methods.eth_getBlockByNumber = (asked: string) =>
      asked === tag ? final() : asked === 'latest' ? head('0x90', `0x${'99'.repeat(32)}`) : head('0x64')
  }

  it.each(['safe', 'finalized'] as const)('%s: it is waited for, and less often asked', async (finality) => {
    finalUpTo((look) => (look < 2 ? null : look < 4 ? '0x63' : '0x64'), finality)
    expect(await follow({ finality })).toMatchObject({ kind: 'included', receipt: { block: { number: 100 } } })
    expect(clock.pauses).toEqual([2000, 2000, 2000])
  })

  it('is not there in time: it says so, with the receipt', async () => {
    finalUpTo(() => '0x63')
    expect(await follow({ finality: 'safe' })).toMatchObject({
      kind: 'unknown',
      reason: 'included in block 100, which is not safe yet',
      receipt: { hash, block: { number: 100 } },
    })
    finalUpTo(() => '0x63')
    expect(await follow({ finality: 'safe', timeoutMs: 0 })).toHaveProperty('receipt')
  })

  it('still knows the receipt when the last answers are lost', async () => {
    finalUpTo(() => '0x63')
    const answer = provider.methods.eth_getTransactionReceipt as () => unknown
    let asked = 0
    provider.methods.eth_getTransactionReceipt = () => (++asked > 2 ? new Fault(-32000, 'busy') : answer())
    expect(await follow({ finality: 'safe' })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('busy'),
      receipt: { block: { number: 100 } },
    })
  })
})

describe('unheard', () => {
  const sought = { giveUpUnheard: true } as const

  it('when nobody knows it, look after look', async () => {
    serve()
    expect(await follow(sought)).toEqual({ kind: 'unheard' })
    expect(clock.pauses.length).toBeGreaterThanOrEqual(2)
  })

  it('only where that is asked for: the pool may be a private one', async () => {
    serve()
    expect(await follow({ timeoutMs: 5000 })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no provider knows it'),
    })
  })

  it('not when it turns up a little later: another of the provider’s servers had taken it', async () => {
    serve({}, (world, look) => {
      if (look === 3) world.known = true
      if (look === 6) Object.assign(world, { receipt, count: 8 })
    })
    expect((await follow(sought)).kind).toBe('included')
  })

  it('not when the provider cannot tell whether it knows it', async () => {
    serve()
    provider.methods.eth_getTransactionByHash = () => new Fault(-32000, 'busy')
    expect((await follow({ ...sought, timeoutMs: 2000 })).kind).toBe('unknown')
  })

  it('not when some looks fail in between: they neither count nor start it anew', async () => {
    serve({}, () => {})
    const answer = provider.methods.eth_getTransactionReceipt as () => unknown
    let asked = 0
    provider.methods.eth_getTransactionReceipt = () => (++asked % 2 ? new Fault(-32000, 'busy') : answer())
    expect(await follow(sought)).toEqual({ kind: 'unheard' })
    expect(looks()).toBe(24)
  })
})

describe('dropped', () => {
  it('when it was known and is no more, for ten seconds', async () => {
    serve({ known: true }, (world, look) => {
      if (look === 4) world.known = false
    })
    expect(await follow({ timeoutMs: 60_000 })).toEqual({ kind: 'dropped' })
    expect(looks()).toBe(43)
  })

  it('not when it is on its way from the pool into a block', async () => {
    serve({ known: true }, (world, look) => {
      world.known = look < 4
      if (look === 10) Object.assign(world, { receipt, count: 8 })
    })
    expect((await follow()).kind).toBe('included')
  })

  it('when the block that included it is gone, and it is in no pool', async () => {
    serve({ receipt, count: 8, known: true }, (world, look) => {
      if (look === 2) Object.assign(world, { receipt: null, count: 7, known: false })
    })
    provider.methods.eth_getBlockByNumber = (tag: string) => head(tag === 'safe' ? '0x1' : '0x64')
    provider.methods.eth_getTransactionCount = () => '0x7'
    expect(await follow({ finality: 'safe', timeoutMs: 60_000 })).toEqual({ kind: 'dropped' })
  })
})

describe('replaced', () => {
  const other: Hex = `0x${'77'.repeat(32)}`
  /** The nonce was used in this block, by a transaction of this hash. */
  function usedIn(number: number, by: Hex) {
    const at = (tag: string) => (tag === 'latest' ? 100 : Number(tag))
    provider.methods.eth_getTransactionCount = (_: string, tag: string) => (at(tag) >= number ? '0x8' : '0x7')
    provider.methods.eth_getBlockByNumber = (tag: string, full: boolean) => ({
      ...head(`0x${at(tag).toString(16)}`),
      transactions:
        full && at(tag) === number
          ? [
              { hash: `0x${'11'.repeat(32)}`, from, nonce: '0x6' },
              { hash: `0x${'22'.repeat(32)}`, from: `0x${'9'.repeat(40)}`, nonce: '0x7' },
              { hash: by, from: from.toUpperCase().replace('0X', '0x'), nonce: '0x7' },
            ]
          : [],
    })
  }

  it('at once when the transaction that took its nonce is found', async () => {
    for (const block of [90, 91, 92, 95, 99, 100]) {
      serve({ count: 8 })
      usedIn(block, other)
      expect(await follow()).toEqual({ kind: 'replaced', by: other })
      expect(clock.pauses).toEqual([])
    }
  })

  it('also where a reorganisation moved that below the block that was read', async () => {
    serve({ count: 8 })
    usedIn(37, other)
    expect(await follow()).toEqual({ kind: 'replaced', by: other })
  })

  it('by a single look', async () => {
    serve({ count: 8 })
    usedIn(95, other)
    expect(await follow({ timeoutMs: 0 })).toEqual({ kind: 'replaced', by: other })
  })

  it('not when it is found itself: its receipt comes later', async () => {
    serve({ count: 8 }, (world, look) => {
      if (look === 8) world.receipt = receipt
    })
    usedIn(95, hash)
    expect(await follow()).toMatchObject({ kind: 'included' })
    expect(looks()).toBe(8)
  })

  it('by nobody knows what, when its nonce stays used', async () => {
    serve({ count: 8 })
    expect(await follow()).toEqual({ kind: 'replaced', by: null })
    expect(looks()).toBe(4)
    serve({ count: 8 })
    expect(await follow({ timeoutMs: 0 })).toMatchObject({ kind: 'unknown' })
  })

  it('also when it was known at first', async () => {
    serve({ known: true }, (world, look) => {
      if (look === 4) Object.assign(world, { known: false, count: 8 })
    })
    expect(await follow()).toEqual({ kind: 'replaced', by: null })
  })

  it('not while the provider knows it, or can’t tell: its receipt may be late', async () => {
    serve({ count: 8, known: true })
    expect(await follow()).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('by itself as it seems') })
    serve({ count: 8 })
    provider.methods.eth_getTransactionByHash = () => new Fault(-32000, 'busy')
    expect(await follow()).toMatchObject({ kind: 'unknown' })
    serve({ count: 8, known: true })
    usedIn(95, other)
    expect(await follow()).toEqual({ kind: 'replaced', by: other })
  })

  it('not when only one of several finds it itself', async () => {
    const providers = [hash, null].map((found, place) =>
      localRpc(`host${place}`, ({ method, params: [first, full] }) => {
        if (method === 'eth_getTransactionCount') return ok(first === from && full !== '0x5a' ? '0x8' : '0x7')
        if (method !== 'eth_getBlockByNumber') return ok(null)
        const transactions = full && found ? [{ hash: found, from, nonce: '0x7' }] : []
        return ok({ ...head('0x5b'), transactions })
      }),
    )
    const pause = fakeClock()
    const outcome = await followTransaction(
      {
        providers: providersOf(providers),
        chainId: 31337,
        clock: pause,
        nowMs: () => 0,
        deadline: createDeadline(() => 0, null),
      },
      signed,
      { finality: 'included', timeoutMs: 5000, giveUpUnheard: true, sinceBlock: 90 },
    )
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('by itself as it seems') })
  })

  it('only as final as asked for', async () => {
    serve({ count: 8 })
    usedIn(95, other)
    const count = provider.methods.eth_getTransactionCount as (who: string, tag: string) => unknown
    const block = provider.methods.eth_getBlockByNumber as (tag: string, full: boolean) => unknown
    let safe = 94
    provider.methods.eth_getTransactionCount = (who: string, tag: string) =>
      count(who, tag === 'safe' ? String(safe) : tag)
    provider.methods.eth_getBlockByNumber = (tag: string, full: boolean) =>
      block(tag === 'safe' ? String(safe) : tag, full)
    expect(await follow({ finality: 'safe', timeoutMs: 2000 })).toMatchObject({
      kind: 'unknown',
      reason: 'its nonce is used in a block that is not safe yet',
    })
    safe = 95
    expect(await follow({ finality: 'safe', timeoutMs: 2000 })).toEqual({ kind: 'replaced', by: other })
  })
})

describe('delivered although sending failed', () => {
  const send = async () => {
    const sender = await connectJsonRpc(provider.url, 50)
    const sent = await broadcast(providersOf([sender]), signed)
    sender.close()
    return sent
  }

  it('the connection was cut after delivery', async () => {
    serve()
    provider.onPost = (body, response) => {
      if (isBatch(body)) return false
      serve({ receipt, count: 8 })
      response.destroy()
      return true
    }
    expect((await send()).accepted).toBe(false)
    expect((await follow({ giveUpUnheard: true })).kind).toBe('included')
  })

  it('the answer was a page of a proxy, or came too late', async () => {
    serve({ known: true }, (world, look) => {
      if (look === 2) Object.assign(world, { receipt, count: 8 })
    })
    provider.onPost = (body, response) => {
      if (isBatch(body)) return false
      response.writeHead(504).end('<html>Gateway Timeout</html>')
      return true
    }
    expect((await send()).failures).toHaveLength(1)
    provider.onPost = (body) => !isBatch(body)
    expect((await send()).failures).toHaveLength(1)
    expect((await follow({ giveUpUnheard: true })).kind).toBe('included')
  })
})

describe('unknown', () => {
  it('when no block includes it in time', async () => {
    serve({ known: true })
    expect(await follow({ timeoutMs: 3100 })).toEqual({
      kind: 'unknown',
      reason: 'it waits in the pool, no block includes it yet',
      shown: true,
    })
    expect(clock.pauses.reduce((sum, pause) => sum + pause, 0)).toBe(3100)
  })

  it('after one look, where no more is wanted', async () => {
    serve({ known: true })
    expect(await follow({ timeoutMs: 0 })).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('pool') })
    serve()
    expect((await follow({ timeoutMs: 0, giveUpUnheard: true })).kind).toBe('unheard')
    serve()
    expect((await follow({ timeoutMs: 0 })).kind).toBe('unknown')
    expect(clock.pauses).toEqual([])
  })

  it('when the socket closed: nothing more can be found out, and it says so', async () => {
    serve()
    provider.onFrame = (_, socket) => {
      socket.terminate()
      return true
    }
    const outcome = await follow({ url: provider.wsUrl, timeoutMs: 1000 })
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('closed the connection') })
  })

  it('when the provider is gone after sending', async () => {
    serve()
    provider.onPost = (body, response) => {
      if (!isBatch(body)) return false
      response.destroy()
      return true
    }
    const outcome = await follow({ timeoutMs: 1000, giveUpUnheard: true })
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('could not be used') })
  })

  it('when the receipt makes no sense', async () => {
    for (const odd of ['0x1', {}, { ...receipt, status: undefined }, { ...receipt, blockHash: null }]) {
      serve({ receipt: odd, known: true })
      expect(await follow({ timeoutMs: 500 })).toMatchObject({
        kind: 'unknown',
        reason: expect.stringContaining('malformed'),
      })
    }
    serve({ receipt: { ...receipt, status: '0x2' } })
    expect(await follow({ timeoutMs: 500 })).toMatchObject({
      kind: 'unknown',
      reason: 'the RPC provider answered with receipt status 2',
    })
  })

  it('when the receipt is another transaction’s', async () => {
    serve({ receipt: { ...receipt, transactionHash: `0x${'ba'.repeat(32)}` }, known: true })
    expect(await follow({ timeoutMs: 500 })).toMatchObject({
      kind: 'unknown',
      reason: `the RPC provider ${provider.host} answered with another transaction's receipt`,
    })
  })

  it('after the deadline, although every answer takes most of it', async () => {
    serve({ known: true }, () => {
      // Each look takes 15 s of a deadline of 30.
      void clock.sleep(15_000)
    })
    expect((await follow({ timeoutMs: 30_000 })).kind).toBe('unknown')
    expect(looks()).toBeLessThanOrEqual(3)
  })

  it('when the whole command has no time left, with what was seen', async () => {
    serve({ known: true })
    expect(await follow({ timeoutMs: 30_000, deadlineMs: 1000 })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('pool'),
    })
    expect(looks()).toBe(4)
  })
})

/** Any JSON, and things close to what is expected, so that the checks behind the first are reached too. */
const anything = (likely: unknown) => fc.oneof(fc.constant(likely), fc.jsonValue(), fc.constant(null))

it('never throws, whatever providers answer', async () => {
  const oddReceipt = fc
    .record(Object.fromEntries(Object.entries(receipt).map(([name, value]) => [name, anything(value)])))
    .map((fields) => fields as unknown)
  const oddBlock = fc.record(
    Object.fromEntries(Object.entries(head('0x64')).map(([name, value]) => [name, anything(value)])),
  )
  const reply = fc.oneof(
    fc.record({
      ok: fc.constant(true as const),
      result: fc.oneof(fc.jsonValue(), oddReceipt, oddBlock, fc.constant('0x8')),
    }),
    fc.record({ ok: fc.constant(false as const), error: fc.record({ code: fc.integer(), message: fc.string() }) }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(reply, { minLength: 1 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('included', 'safe', 'finalized'),
      fc.boolean(),
      fc.nat(200),
      async (answers, finality, giveUpUnheard, sinceBlock) => {
        const rpcs = answers.map((replies, place) => {
          let next = 0
          return localRpc(`host${place}`, () => replies[next++ % replies.length] ?? ok(null))
        })
        const pause = fakeClock()
        const outcome = await followTransaction(
          {
            providers: providersOf(rpcs, Math.ceil(rpcs.length / 2)),
            chainId: 31337,
            clock: pause,
            nowMs: () => 0,
            deadline: createDeadline(() => 0, null),
          },
          signed,
          { finality: finality as 'safe', timeoutMs: 3000, giveUpUnheard, sinceBlock },
        )
        expect(['included', 'reverted', 'replaced', 'dropped', 'unheard', 'unknown']).toContain(outcome.kind)
        if (outcome.kind === 'included' || outcome.kind === 'reverted') expect(outcome.receipt.hash).toBe(hash)
      },
    ),
    { numRuns: 500 },
  )
})
