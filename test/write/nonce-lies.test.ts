/** A single provider that counts an account's transactions wrongly: nothing is signed for a nonce that is not the next. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { run as rename } from '../../src/operator/operator-rename.js'
import { type Behaviour, type Call, type FaultProxy, passOn, startFaultProxy } from '../support/fault-proxy.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { useRealCluster } from '../support/use-real-cluster.js'

const { services, now, stored, transactionCount } = useRealCluster()
let proxy: FaultProxy
beforeAll(async () => {
  proxy = await startFaultProxy(() => now.chain.url)
})
afterEach(() => proxy.reset())
afterAll(() => proxy?.stop())

const COUNT = 'eth_getTransactionCount'
const tagOf = ({ method, params }: Call) => (method === COUNT ? String(params[1]) : null)

/** Adds to the counts that `isMeant`; `nth` is the place of the count among all that were asked for. */
function inflating(by: number, isMeant: (tag: string, nth: number) => boolean): () => Behaviour {
  let asked = 0
  return () => async (exchange) => {
    if (!exchange.asks(COUNT)) return passOn(exchange)
    const answers = JSON.parse(await exchange.deliver()) as { readonly id: number; readonly result: string }[]
    const meant = new Set(
      exchange.calls.flatMap((call) => {
        const tag = tagOf(call)
        return tag !== null && isMeant(tag, asked++) ? [call.id] : []
      }),
    )
    const lie = (result: string) => `0x${(Number(result) + by).toString(16)}`
    exchange.reply(
      answers.map((one) => ({ jsonrpc: '2.0', ...one, ...(meant.has(one.id) && { result: lie(one.result) }) })),
    )
  }
}

const isPending = (tag: string) => tag === 'pending'
const write = () => {
  const state = memoryState()
  const made = services({ state, url: proxy.url, timeoutMs: 30_000 })
  return { made, state, done: rename(made.services, { newName: 'written' }) }
}

describe('a count that is too high', () => {
  it.each<[string, () => Behaviour, string]>([
    ['in blocks, and not with those that wait', inflating(1, (tag) => !isPending(tag)), 'RPC_ERROR'],
    ['in the whole of the first answer', inflating(3, (_, nth) => nth < 2), 'RPC_ERROR'],
    ['in the whole of the first answer, by much', inflating(1_000_000, (_, nth) => nth < 2), 'RPC_ERROR'],
    ['of those that wait', inflating(1, isPending), 'ACCOUNT_BUSY'],
  ])('%s: nothing is signed', async (_, lie, code) => {
    proxy.decide = lie
    const { made, state, done } = write()
    const error = await rejectedBy(done)
    expect(error.code).toBe(code)
    expect(error.hint).toContain('--rpc-url')
    expect(made.sent).toEqual([])
    expect(state.files.size).toBe(0)
    expect(await transactionCount()).toBe(0)
  })

  it.each<[string, () => Behaviour]>([
    ['in blocks, once', inflating(1, (_, nth) => nth === 0)],
    ['of those that wait, once', inflating(1, (_, nth) => nth === 1)],
    ['along with the price, once', inflating(1, (_, nth) => nth === 2)],
  ])('%s: it is asked for again, and the write is done', async (_, lie) => {
    proxy.decide = lie
    const { state, done } = write()
    expect((await done).data).toMatchObject({ changed: true, transaction: { nonce: 0 } })
    expect((await stored()).name).toBe('written')
    expect([...state.files.values()].flatMap(({ entries }) => entries)).toHaveLength(1)
  })
})

describe('a count that is too low', () => {
  it('once, as of a server that lags: the write is done', async () => {
    await rename(services().services, { newName: 'first' })
    proxy.decide = inflating(-1, (_, nth) => nth < 2)
    expect((await write().done).data).toMatchObject({ changed: true, transaction: { nonce: 1 } })
  })
})
