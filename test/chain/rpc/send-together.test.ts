import { describe, expect, it } from 'vitest'
import type { JsonRpc, RpcRequest } from '../../../src/chain/rpc/json-rpc.js'
import { sendTogether } from '../../../src/chain/rpc/send-together.js'

/** Answers each request with its own parameters, and counts batches. */
function counting(fail: (batch: number) => boolean = () => false) {
  const batches: number[] = []
  const rpc: JsonRpc = {
    host: 'test',
    close: () => {},
    async send(requests) {
      batches.push(requests.length)
      if (fail(batches.length)) throw new Error(`batch ${batches.length}`)
      return requests.map(({ params }) => ({ ok: true as const, result: params }))
    },
  }
  return { rpc, batches }
}

const asking = (...params: readonly unknown[]): RpcRequest => ({ method: 'eth_call', params })

describe('what is asked in one turn', () => {
  it('leaves as one batch, and each gets its own answers', async () => {
    const { rpc, batches } = counting()
    const replies = await Promise.all([
      sendTogether(rpc, [asking(1), asking(2)]),
      sendTogether(rpc, [asking(3)]),
      Promise.resolve().then(() => sendTogether(rpc, [])),
    ])
    expect(replies.map((some) => some.map((reply) => reply.ok && reply.result))).toEqual([[[1], [2]], [[3]], []])
    expect(batches).toEqual([3])
  })

  it('of another provider, or later, is another batch', async () => {
    const [one, other] = [counting(), counting()]
    await Promise.all([sendTogether(one.rpc, [asking(1)]), sendTogether(other.rpc, [asking(2)])])
    await sendTogether(one.rpc, [asking(3)])
    expect([one.batches, other.batches]).toEqual([[1, 1], [1]])
  })

  it('is no more than a hundred requests at once, of which none is torn from its own', async () => {
    const { rpc, batches } = counting((batch) => batch === 2)
    const four = Array.from({ length: 4 }, () => asking())
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => sendTogether(rpc, four)))
    expect(batches).toEqual([100, 100, 40])
    const failed = results.map(({ status }) => status === 'rejected')
    expect(failed).toEqual(results.map((_, index) => index >= 25 && index < 50))
  })

  it('is sent whole where one asks for more than that', async () => {
    const { rpc, batches } = counting()
    const many = Array.from({ length: 150 }, () => asking())
    await Promise.all([sendTogether(rpc, many), sendTogether(rpc, [asking()])])
    expect(batches).toEqual([150, 1])
  })
})
