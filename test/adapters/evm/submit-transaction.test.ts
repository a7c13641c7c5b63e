import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectJsonRpc } from '../../../src/adapters/evm/connect-json-rpc.js'
import type { JsonRpc } from '../../../src/adapters/evm/json-rpc.js'
import { submitTransaction } from '../../../src/adapters/evm/submit-transaction.js'
import { parseAddress } from '../../../src/core/address.js'
import type { Hex } from '../../../src/core/hex.js'
import type { SignedTransaction } from '../../../src/core/ports.js'
import { type FakeClock, fakeClock } from '../../support/fake-clock.js'
import { type FakeProvider, Fault, isBatch, startFakeProvider, TOKEN } from '../../support/fake-provider.js'

const hash: Hex = `0x${'ab'.repeat(32)}`
const blockHash: Hex = `0x${'cd'.repeat(32)}`
const signed: SignedTransaction = {
  hash,
  raw: '0x02c0ffee',
  nonce: 7,
  from: parseAddress(`${'00'.repeat(19)}01`, 'the test'),
}
const receipt = {
  transactionHash: hash,
  blockNumber: '0x64',
  blockHash,
  gasUsed: '0x5208',
  effectiveGasPrice: '0x64',
  l1Fee: '0x3e8',
  status: '0x1',
  contractAddress: null,
}

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

function serve(send: () => unknown, world: Partial<World> = {}, step: (world: World, look: number) => void = () => {}) {
  const now: World = { receipt: null, count: 7, known: false, ...world }
  let looks = 0
  provider.methods = {
    eth_sendRawTransaction: send,
    eth_getTransactionReceipt: () => {
      step(now, ++looks)
      return now.receipt
    },
    eth_getTransactionCount: () => `0x${now.count.toString(16)}`,
    eth_getTransactionByHash: () => (now.known ? { hash } : null),
  }
}

async function submit({ timeoutMs = 10_000, requestTimeoutMs = 5000, url = provider.url } = {}) {
  rpc = await connectJsonRpc(url, requestTimeoutMs)
  clock = fakeClock()
  const outcome = await submitTransaction(rpc, clock, signed, timeoutMs)
  expect(JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
    TOKEN,
  )
  return outcome
}
const sends = () => provider.asked().filter((method) => method === 'eth_sendRawTransaction').length

/** Cuts the connection of exactly this method's request, after it was taken. */
const cutAfter = (method: string, taken: () => void): FakeProvider['onPost'] => {
  return (body, response) => {
    if (isBatch(body) || body.method !== method) return false
    taken()
    response.destroy()
    return true
  }
}

describe('included', () => {
  it('with its receipt, at the first look', async () => {
    serve(() => hash, { receipt, count: 8 })
    expect(await submit()).toEqual({
      kind: 'included',
      receipt: {
        hash,
        block: { number: 100, hash: blockHash },
        gasUsed: 21_000n,
        feeWei: 2_101_000n,
        l1FeeWei: 1000n,
        contractAddress: null,
      },
    })
    expect(clock.pauses).toEqual([])
    expect(sends()).toBe(1)
  })

  it('after some looks, the same over a WebSocket', async () => {
    for (const url of [provider.url, provider.wsUrl]) {
      serve(
        () => hash,
        { known: true },
        (world, look) => {
          if (look === 5) Object.assign(world, { receipt, count: 8 })
        },
      )
      expect((await submit({ url })).kind).toBe('included')
      expect(clock.pauses).toHaveLength(4)
    }
    expect(sends()).toBe(2)
  })

  it('although the nonce rose before the receipt was there', async () => {
    serve(
      () => hash,
      { known: true, count: 8 },
      (world, look) => {
        if (look === 3) world.receipt = receipt
      },
    )
    expect((await submit()).kind).toBe('included')
  })

  it('on a chain without L1 fees, and as a deployment', async () => {
    const { l1Fee, ...plain } = receipt
    serve(() => hash, { receipt: { ...plain, contractAddress: `0x${'12'.repeat(20)}` } })
    const outcome = await submit()
    expect(outcome).toMatchObject({ receipt: { l1FeeWei: 0n, contractAddress: `0x${'12'.repeat(20)}` } })
  })
})

it('reverted is not included', async () => {
  serve(() => hash, { receipt: { ...receipt, status: '0x0' } })
  expect(await submit()).toMatchObject({ kind: 'reverted', receipt: { block: { number: 100 } } })
})

describe('rejected', () => {
  it('when the provider says no and nobody knows it, look after look', async () => {
    serve(() => new Fault(-32000, 'insufficient funds for gas'))
    expect(await submit()).toEqual({ kind: 'rejected', reason: 'insufficient funds for gas' })
    expect(clock.pauses.length).toBeGreaterThanOrEqual(2)
  })

  it('never by the error alone', async () => {
    for (const message of ['already known', 'nonce too low', 'internal error', 'timeout']) {
      serve(() => new Fault(-32000, message), { receipt, count: 8 })
      expect((await submit()).kind).toBe('included')
    }
  })

  it('not when it turns up a little later: another of the provider’s servers had taken it', async () => {
    serve(
      () => new Fault(-32000, 'already known'),
      {},
      (world, look) => {
        if (look === 3) world.known = true
        if (look === 6) Object.assign(world, { receipt, count: 8 })
      },
    )
    expect((await submit()).kind).toBe('included')
  })

  it('not when the provider cannot tell whether it knows it', async () => {
    serve(() => new Fault(-32000, 'busy'))
    provider.methods.eth_getTransactionByHash = () => new Fault(-32000, 'busy')
    expect((await submit({ timeoutMs: 2000 })).kind).toBe('unknown')
  })
})

describe('replaced', () => {
  it('when its nonce stays used by another', async () => {
    serve(() => new Fault(-32000, 'nonce too low'), { count: 8 })
    expect(await submit()).toEqual({ kind: 'replaced' })
    expect(clock.pauses.length).toBeGreaterThanOrEqual(2)
  })

  it('also when it was taken at first', async () => {
    serve(
      () => hash,
      { known: true },
      (world, look) => {
        if (look === 4) Object.assign(world, { known: false, count: 8 })
      },
    )
    expect(await submit()).toEqual({ kind: 'replaced' })
  })
})

describe('delivered although sending failed', () => {
  it('the connection was cut after delivery', async () => {
    serve(() => hash)
    provider.onPost = cutAfter('eth_sendRawTransaction', () => {
      serve(() => hash, { receipt, count: 8 })
    })
    expect((await submit()).kind).toBe('included')
    expect(sends()).toBe(1)
  })

  it('the answer was a page of a proxy', async () => {
    serve(
      () => hash,
      { known: true },
      (world, look) => {
        if (look === 2) Object.assign(world, { receipt, count: 8 })
      },
    )
    provider.onPost = (body, response) => {
      if (isBatch(body) || body.method !== 'eth_sendRawTransaction') return false
      response.writeHead(504).end('<html>Gateway Timeout</html>')
      return true
    }
    expect((await submit()).kind).toBe('included')
  })

  it('the answer came too late', async () => {
    serve(() => hash, { receipt, count: 8 })
    provider.onPost = (body) => !isBatch(body) && body.method === 'eth_sendRawTransaction'
    expect((await submit({ requestTimeoutMs: 50 })).kind).toBe('included')
  })

  it('the socket closed: nothing more can be found out, and it says so', async () => {
    serve(() => hash)
    provider.onFrame = (_, socket) => {
      socket.terminate()
      return true
    }
    const outcome = await submit({ url: provider.wsUrl, timeoutMs: 1000 })
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('closed the connection') })
  })
})

describe('unknown', () => {
  it('when no block includes it in time', async () => {
    serve(() => hash, { known: true })
    expect(await submit({ timeoutMs: 3000 })).toEqual({ kind: 'unknown', reason: 'no block includes it after 3 s' })
    expect(clock.pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(3500)
  })

  it('when it was taken and then nobody has heard of it', async () => {
    serve(() => hash)
    expect((await submit({ timeoutMs: 2000 })).kind).toBe('unknown')
  })

  it('when the connection was cut and nobody has heard of it: it may still be on its way', async () => {
    serve(() => hash)
    provider.onPost = cutAfter('eth_sendRawTransaction', () => {})
    const outcome = await submit({ timeoutMs: 2000 })
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('ECONNRESET') })
  })

  it('when the provider is gone after sending', async () => {
    serve(() => hash)
    provider.onPost = (body, response) => {
      if (!isBatch(body)) return false
      response.destroy()
      return true
    }
    const outcome = await submit({ timeoutMs: 1000 })
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('could not be used') })
  })

  it('when the receipt makes no sense', async () => {
    for (const odd of ['0x1', {}, { ...receipt, status: undefined }, { ...receipt, blockHash: null }]) {
      serve(() => hash, { receipt: odd, known: true })
      expect(await submit({ timeoutMs: 500 })).toMatchObject({
        kind: 'unknown',
        reason: expect.stringContaining('malformed'),
      })
    }
  })

  it('after the deadline, although every answer takes most of it', async () => {
    serve(
      () => hash,
      { known: true },
      () => {
        // Each look takes 15 s of a deadline of 30.
        void clock.sleep(15_000)
      },
    )
    expect((await submit({ timeoutMs: 30_000 })).kind).toBe('unknown')
    expect(provider.asked().filter((method) => method === 'eth_getTransactionReceipt').length).toBeLessThanOrEqual(3)
  })
})

describe('a receipt of a block that is still being built', () => {
  const head = (number: string, hashOfHead: Hex) => ({
    number,
    hash: hashOfHead,
    timestamp: '0x1',
    baseFeePerGas: '0x1',
  })

  it.each([
    ['lies above the head', head('0x63', blockHash)],
    ['has another hash than the block became', head('0x64', `0x${'ee'.repeat(32)}`)],
  ])('%s: it is waited for', async (_, provisional) => {
    let looks = 0
    serve(
      () => hash,
      { receipt, count: 8, known: true },
      (_world, look) => {
        looks = look
      },
    )
    Object.assign(provider.methods, {
      eth_getBlockByNumber: () => (looks < 3 ? provisional : head('0x64', blockHash)),
    })
    expect((await submit()).kind).toBe('included')
    expect(looks).toBe(3)
  })
})
