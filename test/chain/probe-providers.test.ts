/** Providers looked at one by one, over both transports: what they are like, and what is wrong with them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDeadline } from '../../src/base/deadline.js'
import { probeProviders } from '../../src/chain/provider-probe.js'
import { type FakeProvider, Fault, startFakeProvider, TOKEN } from '../support/fake-provider.js'

let good: FakeProvider
let other: FakeProvider

beforeAll(async () => {
  good = await startFakeProvider()
  other = await startFakeProvider()
})
afterEach(() => {
  good.reset()
  other.reset()
})
afterAll(() => Promise.all([good.stop(), other.stop()]))

const HEAD = { number: '0x64', hash: `0x${'ab'.repeat(32)}`, timestamp: '0x6ab13780' }
const methods = (chainId = '0xa') => ({ eth_chainId: () => chainId, eth_getBlockByNumber: () => HEAD })

function probe(...urls: readonly string[]) {
  return probeProviders(
    { providers: urls.map((url) => ({ url, headers: {}, proxy: null })), quorum: 1, certificateAuthorities: null },
    {
      deadline: createDeadline(() => 0, null),
      requestTimeoutMs: 5_000,
      scrub: (text) => text.replaceAll(TOKEN, '[redacted]'),
    },
  )
}

describe('a provider', () => {
  it('is described by chain, head and latency, over a WebSocket and over HTTP', async () => {
    good.methods = methods()
    const found = {
      chainId: 10,
      block: { number: 100, time: 0x6ab13780 },
      latencyMs: expect.any(Number),
    }
    const facts = { host: good.host, encrypted: false, local: true, found, problem: null }
    expect(await probe(good.wsUrl, good.url)).toEqual([
      { ...facts, websocket: true },
      { ...facts, websocket: false },
    ])
    expect([...good.asked()].sort()).toEqual([
      'eth_chainId',
      'eth_chainId',
      'eth_getBlockByNumber',
      'eth_getBlockByNumber',
    ])
  })

  it('that is wrong does not hide the others', async () => {
    good.methods = methods()
    other.methods = { ...methods(), eth_getBlockByNumber: () => new Fault(-32000, `no block for ${TOKEN}`) }
    const [broken, fine, gone] = await probe(other.wsUrl, good.wsUrl, 'ws://127.0.0.1:1')
    expect(broken).toMatchObject({ found: null, problem: expect.stringContaining(other.host) })
    expect(fine?.found).not.toBeNull()
    expect(gone).toMatchObject({ found: null, problem: expect.stringContaining('ECONNREFUSED') })
  })

  it.each([
    ['no number', { eth_chainId: () => 'ten' }],
    ['no block', { ...methods(), eth_getBlockByNumber: () => null }],
    ['an error with the token in it', { eth_chainId: () => new Fault(-32000, `bad key ${TOKEN}`) }],
  ])('that answers with %s has a problem, which holds no token', async (_, wrong) => {
    good.methods = wrong
    const results = await probe(good.wsUrl, good.url)
    for (const { found, problem } of results) {
      expect(found).toBeNull()
      expect(problem).toBeTruthy()
    }
    expect(JSON.stringify(results)).not.toContain(TOKEN)
  })

  it('that does not open its door to WebSockets has a problem', async () => {
    good.methods = methods()
    good.welcome = 403
    const [refused] = await probe(good.wsUrl)
    expect(refused).toMatchObject({ found: null, problem: expect.stringContaining('403') })
  })
})
