import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import type { ClusterSnapshot } from '../../src/chain/chain.js'
import { maintenanceSince } from '../../src/chain/events.js'
import type { JsonRpc, RpcReply, RpcRequest } from '../../src/chain/rpc/json-rpc.js'
import { unreachable } from '../../src/chain/rpc/json-rpc.js'
import { localRpc, no, ok, providersOf } from './providers-of.js'

const contract = parseAddress('12'.repeat(20), 'the test')
const snapshot = (number: number) => ({ contract, block: { number, hash: '0x' } }) as unknown as ClusterSnapshot
const toggled = (block: number, active: boolean) => ({
  blockNumber: `0x${block.toString(16)}`,
  data: `0x${(active ? '1' : '0').padStart(64, '0')}${'5'.padStart(64, '0')}`,
})
function provider(answer: (request: RpcRequest) => RpcReply) {
  const rpc = localRpc('host', answer)
  return { providers: providersOf([rpc]), asked: rpc.asked }
}
const block = ok({ number: '0x1', hash: `0x${'0'.repeat(64)}`, timestamp: '0x65000000' })
const span = ({ params: [filter] }: RpcRequest) => {
  const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string }
  return Number(toBlock) - Number(fromBlock)
}

const down: JsonRpc = {
  host: 'down',
  close: () => {},
  send: () => Promise.reject(unreachable('down', 'ECONNRESET')),
}

describe('since when the slot is taken', () => {
  it('is the time of the last event that took it', async () => {
    const logs = [toggled(100, true), toggled(110, false), toggled(120, true)]
    const { providers, asked } = provider(({ method }) => (method === 'eth_getLogs' ? ok(logs) : block))
    expect(await maintenanceSince(providers, snapshot(200))).toEqual({ kind: 'at', block: 120, time: 0x65000000 })
    expect(asked[0]?.params[0]).toMatchObject({ address: contract, fromBlock: '0x0', toBlock: '0xc8' })
    expect(asked[1]).toEqual({ method: 'eth_getBlockByNumber', params: ['0x78', false] })
  })

  it('is at least as long as was looked back', async () => {
    const { providers } = provider(() => ok([]))
    expect(await maintenanceSince(providers, snapshot(50_000))).toEqual({ kind: 'at-least', blocks: 9_999 })
    expect(await maintenanceSince(providers, snapshot(30))).toEqual({ kind: 'at-least', blocks: 30 })
  })

  it('is looked for in ever smaller ranges where the provider limits them', async () => {
    const { providers, asked } = provider((request) => {
      if (request.method !== 'eth_getLogs') return block
      return span(request) > 500 ? no('range too large') : ok([toggled(49_950, true)])
    })
    expect(await maintenanceSince(providers, snapshot(50_000))).toMatchObject({ kind: 'at', block: 49_950 })
    expect(asked.slice(0, 3).map(span)).toEqual([9_999, 999, 99])
  })

  it('is not known, and no reason to fail, where the provider does not help', async () => {
    const unknown = { kind: 'at-least', blocks: 0 }
    expect(await maintenanceSince(provider(() => no('no logs here')).providers, snapshot(50_000))).toEqual(unknown)
    expect(await maintenanceSince(provider(() => ok([null])).providers, snapshot(50_000))).toEqual(unknown)
    const noBlock = provider(({ method }) => (method === 'eth_getLogs' ? ok([toggled(1, true)]) : ok(null)))
    expect(await maintenanceSince(noBlock.providers, snapshot(50_000))).toEqual(unknown)
    expect(await maintenanceSince(providersOf([down]), snapshot(50_000))).toEqual(unknown)
  })

  it('is told by the next provider where one does not help', async () => {
    const helpful = provider(({ method }) => (method === 'eth_getLogs' ? ok([toggled(120, true)]) : block))
    const noLogs = localRpc('limited', () => no('no logs here'))
    const providers = providersOf([down, noLogs, ...helpful.providers.all], 1)
    expect(await maintenanceSince(providers, snapshot(200))).toMatchObject({ kind: 'at', block: 120 })
  })

  it.each(['query exceeds max block range 10', 'up to a 10 block range', 'too wide'])(
    'is looked for in tens of blocks where it gives no more (%s), and not for ever',
    async (words) => {
      const at = (taken: number) =>
        provider((request) => {
          if (request.method !== 'eth_getLogs') return block
          const { fromBlock, toBlock } = request.params[0] as { fromBlock: string; toBlock: string }
          if (Number(toBlock) - Number(fromBlock) >= 10) return no(words)
          return ok(Number(fromBlock) <= taken && taken <= Number(toBlock) ? [toggled(taken, true)] : [])
        })
      const near = at(49_705)
      expect(await maintenanceSince(near.providers, snapshot(50_000))).toMatchObject({ kind: 'at', block: 49_705 })
      const far = at(40_005)
      const since = await maintenanceSince(far.providers, snapshot(50_000))
      expect(since).toMatchObject({ kind: 'at-least' })
      expect(since.kind === 'at-least' && since.blocks).toBeGreaterThan(500)
      expect(far.asked.length).toBeLessThanOrEqual(60)
    },
  )
})

describe('of several providers', () => {
  const showing = (host: string, ...logs: readonly unknown[]) =>
    localRpc(host, ({ method }) => (method === 'eth_getLogs' ? ok(logs) : block))
  const taken = toggled(120, true)

  it('as many as have to must say so, and who says otherwise is named', async () => {
    for (const lie of [[toggled(190, true)], [], [toggled(100, true)]]) {
      const providers = providersOf([showing('liar', ...lie), showing('b', taken), showing('c', taken)], 2)
      expect(await maintenanceSince(providers, snapshot(200))).toEqual({ kind: 'at', block: 120, time: 0x65000000 })
      expect(providers.warned).toEqual(['liar shows other events than the others'])
    }
  })

  it('who gives fewer events is not named', async () => {
    const limited = localRpc('limited', () => no('no logs here'))
    const providers = providersOf([limited, showing('b', taken), showing('c', taken)], 2)
    expect(await maintenanceSince(providers, snapshot(200))).toMatchObject({ kind: 'at', block: 120 })
    expect(providers.warned).toEqual([])
  })

  it('too few make it the time that enough of them reach back', async () => {
    const all = [showing('a', taken), showing('b', toggled(150, true)), down]
    expect(await maintenanceSince(providersOf(all, 2), snapshot(200))).toEqual({ kind: 'at-least', blocks: 50 })
    expect(await maintenanceSince(providersOf(all, 3), snapshot(200))).toEqual({ kind: 'at-least', blocks: 0 })
  })
})
