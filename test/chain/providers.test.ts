import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDeadline } from '../../src/base/deadline.js'
import { Secret } from '../../src/base/secret.js'
import { connectProviders, type Providers } from '../../src/chain/providers.js'
import type { ProviderAddress } from '../../src/chain/rpc/json-rpc.js'
import { type FakeProvider, startFakeProvider, TOKEN } from '../support/fake-provider.js'
import { rejectedBy } from '../support/rejected.js'
import { startTlsFront, TEST_AUTHORITY } from '../support/tls-front.js'

let [one, other]: FakeProvider[] = []
const open: Providers[] = []
beforeAll(async () => {
  ;[one, other] = await Promise.all([startFakeProvider(), startFakeProvider()])
})
afterAll(() => Promise.all([one?.stop(), other?.stop()]))
afterEach(() => {
  for (const providers of open.splice(0)) providers.close()
  one?.reset()
  other?.reset()
})

async function connect(addresses: readonly Partial<ProviderAddress>[], deadlineMs: number | null = null) {
  const warnings: string[] = []
  const providers = await connectProviders(
    {
      providers: addresses.map((address) => ({ url: '', headers: {}, proxy: null, ...address })),
      quorum: 1,
      certificateAuthorities: TEST_AUTHORITY,
    },
    {
      deadline: createDeadline(() => performance.now(), deadlineMs),
      requestTimeoutMs: 5000,
      warn: (text) => warnings.push(text),
    },
  )
  open.push(providers)
  return { providers, warnings }
}
const asking = [{ method: 'a', params: [] }]
const [first, second] = [() => one as FakeProvider, () => other as FakeProvider]

it('are all there, in the order given, and named by their hosts', async () => {
  const { providers } = await connect([{ url: second().wsUrl }, { url: first().url }])
  expect(providers.all.map(({ host }) => host)).toEqual([second().host, first().host])
  expect(providers.quorum).toBe(1)
})

it('are told apart where two accounts at one host are used', async () => {
  const { url } = first()
  const { providers } = await connect([{ url }, { url: second().url }, { url: `${url}&more` }])
  expect(providers.all.map(({ host }) => host)).toEqual([
    `${first().host} (no. 1)`,
    second().host,
    `${first().host} (no. 3)`,
  ])
})

describe('each of them', () => {
  it('gets its own headers and nobody else’s', async () => {
    const seen: unknown[] = []
    for (const [index, provider] of [first(), second()].entries()) {
      provider.methods = { a: () => index }
      provider.onPost = (_, response) => {
        const { authorization, ...headers } = response.req.headers
        seen[index] = [authorization?.split(' ')[0], headers['x-one'], headers['x-two']]
        return false
      }
    }
    const { providers } = await connect([
      { url: first().url, headers: { 'X-One': new Secret('1') } },
      { url: second().url, headers: { 'X-Two': new Secret('2') } },
    ])
    for (const [index, rpc] of providers.all.entries()) expect(await rpc.send(asking)).toEqual([ok(index)])
    expect(seen).toEqual([
      ['Basic', '1', undefined],
      ['Basic', undefined, '2'],
    ])
  })

  it('that can’t be reached fails its own requests only', async () => {
    second().methods = { a: () => 'A' }
    const { providers } = await connect([{ url: `ws://127.0.0.1:1/${TOKEN}` }, { url: second().url }])
    const [broken, sound] = providers.all
    if (!broken || !sound) throw new Error('there are two')
    const error = await rejectedBy(broken.send(asking))
    expect(error.message).toContain('127.0.0.1:1 could not be used: ECONNREFUSED')
    expect(await sound.send(asking)).toEqual([ok('A')])
  })

  it('is asked again where it failed for a moment', async () => {
    first().methods = { a: () => 'A' }
    first().onPost = (_, response) => {
      if (first().received.length > 1) return false
      response.destroy()
      return true
    }
    const { providers } = await connect([{ url: first().url }])
    expect(await providers.all[0]?.send(asking)).toEqual([ok('A')])
    expect(first().received).toHaveLength(2)
  })

  it('is held to the time of the whole command', async () => {
    first().onPost = () => true
    const { providers } = await connect([{ url: first().url }], 50)
    const error = await rejectedBy(() => providers.all[0]?.send(asking))
    expect(error.message).toContain('the time given with --timeout is up')
  })

  it('may have a certificate of the authority given', async () => {
    const front = await startTlsFront(Number(new URL(first().url).port))
    first().methods = { a: () => 'A' }
    const { providers } = await connect([{ url: `https://localhost:${front.port}` }])
    expect(await providers.all[0]?.send(asking)).toEqual([ok('A')])
    providers.close()
    await front.stop()
  })
})

it('that are left out are named once each', async () => {
  const { providers, warnings } = await connect([{ url: first().url }, { url: second().url }])
  for (const rpc of [...providers.all, ...providers.all]) providers.leaveOut(rpc, 'lags 5 blocks')
  expect(warnings).toEqual(
    [first(), second()].map(({ host }) => `the RPC provider ${host} is left out: it lags 5 blocks`),
  )
  providers.warn('something else')
  expect(warnings.at(-1)).toBe('something else')
})

function ok(result: unknown) {
  return { ok: true, result }
}
