/** A block, or its state, that the asked server does not have: it is waited for where it may come, and not where it can't. */
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import type { Hex } from '../../src/base/hex.js'
import type { AccountSnapshot } from '../../src/chain/chain.js'
import { estimateCost } from '../../src/chain/estimate-cost.js'
import { type ChainTarget, readAccount, readCluster, readClusterForWrite } from '../../src/chain/read-at-one-block.js'
import { explainRevert } from '../../src/chain/reverts.js'
import type { RpcReply, RpcRequest } from '../../src/chain/rpc/json-rpc.js'
import type { BlockRef } from '../../src/chain/transaction.js'
import { fakeProviders, hashOf, no, ok, type Shown } from '../support/fake-rpc.js'
import { inNoTime } from '../support/in-no-time.js'
import { rejectedBy } from '../support/rejected.js'
import { readVectors } from '../support/vectors.js'
import { localRpc, providersOf } from './providers-of.js'

const golden = readVectors<{ contract: string; operators: string[]; states: { get_view: Hex }[] }>('cluster-states')
const contract = parseAddress(golden.contract, 'the test')
const account = parseAddress(golden.operators[0] as string, 'the test')
const STATE = new Set(['eth_call', 'eth_getTransactionCount', 'eth_getBalance', 'eth_getStorageAt'])
const sound: Shown = {
  chainId: 10,
  head: 100,
  fork: 'main',
  genesis: 'genesis',
  baseFee: 100,
  time: 1_700_000_000,
  view: golden.states[2]?.get_view,
  nonce: 7,
  pending: 7,
  balance: 10 ** 15,
  slot: hashOf('', 0),
  code: '0x6000',
  tip: 5,
  failure: null,
  instead: () => undefined,
}

/** A provider that answers so in place of state in its first `times` round trips. */
function without(reply: RpcReply, times = Infinity, missing = (method: string) => STATE.has(method)) {
  const providers = fakeProviders([
    {
      ...sound,
      instead: ({ method, params }) =>
        missing(method) && params[1] !== 'pending' && (providers.all[0]?.asked.length ?? 0) <= times
          ? reply
          : undefined,
    },
  ])
  return providers
}
const LATE: [string, RpcReply][] = [
  ['header not found', no('header not found')],
  ['unknown block', no('unknown block')],
  ['block not found', no('block not found: 0x64')],
  ['a block that is out of range', no('BlockOutOfRangeError', -32602)],
  ['a code', no('', -32001)],
  ['null', ok(null)],
]
const GONE: [string, RpcReply][] = [
  ['missing trie node', no('missing trie node 0xab (path ) state 0xcd is not available')],
  ['pruned', no('state has been pruned')],
]

describe('state that is not there', () => {
  it.each(LATE)('yet is waited for, at the same block (%s)', async (_, reply) => {
    const reads = [
      (target: ChainTarget) => readCluster(target, contract),
      (target: ChainTarget) => readClusterForWrite(target, contract, account),
      (target: ChainTarget) => readAccount(target, account),
    ]
    for (const read of reads) {
      const providers = without(reply, 3)
      const { block } = await inNoTime<{ readonly block: BlockRef }>(() => read({ providers, chainId: 10 }))
      expect(block).toEqual({ number: 100, hash: hashOf('main', 100) })
      const tags = providers.all[0]?.asked.map((all) => all.find(({ method }) => STATE.has(method))?.params.at(-1))
      expect(tags).toEqual(['latest', '0x64', '0x64', '0x64'])
    }
  })

  it.each(LATE)('for long is an error that says so (%s)', async (_, reply) => {
    const providers = without(reply)
    const error = await inNoTime(() => rejectedBy(readCluster({ providers, chainId: 10 }, contract)))
    expect(error).toMatchObject({
      code: 'RPC_ERROR',
      message: 'the RPC provider a does not have the state of block 100',
      details: { host: 'a', block: 100 },
    })
    expect(providers.all[0]?.asked.length).toBeGreaterThan(10)
  })

  it.each(GONE)('any more is not asked for again (%s)', async (_, reply) => {
    const providers = without(reply)
    const error = await rejectedBy(readClusterForWrite({ providers, chainId: 10 }, contract, account))
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toMatch(/^the RPC provider a does not keep the state that eth_\w+ asks for: /)
    expect(error.hint).toContain('archive')
    expect(providers.all[0]?.asked.length).toBeLessThanOrEqual(2)
  })

  it('on one of several does not hold up the others', async () => {
    const late = (): Shown => ({
      ...sound,
      instead: ({ method }) => (STATE.has(method) ? no('header not found') : undefined),
    })
    const providers = fakeProviders([late(), sound, sound], 2)
    await inNoTime(() => readClusterForWrite({ providers, chainId: 10 }, contract, account))
    expect(providers.leftOut).toEqual(['a failed (it is far slower than the others)'])
  })
})

it.each(LATE)('a head that is not there yet is waited for as well (%s)', async (name, reply) => {
  // The newest block is always there, unless the provider is none.
  if (name === 'null') return
  const providers = without(reply, 2, (method) => method === 'eth_getBlockByNumber')
  const { block } = await inNoTime(() => readCluster({ providers, chainId: 10 }, contract, 90))
  expect(block.number).toBe(90)
})

describe('what is simulated on state that is not there', () => {
  const call = { to: account, data: '0x01' } as const
  const snapshot = {
    chainId: 10,
    account: { address: account, nonce: 5 },
    fees: { maxFeePerGas: 7n, maxPriorityFeePerGas: 1n },
  } as AccountSnapshot
  const answer = ({ method }: RpcRequest) => ok(method === 'eth_call' ? '0x' : '0x5208')

  it.each(LATE)('yet is simulated a moment later (%s)', async (_, reply) => {
    for (const method of ['eth_estimateGas', 'eth_call', 'eth_getTransactionCount']) {
      let looks = 0
      const rpc = localRpc('a', (request) => (request.method === method && looks++ < 2 ? reply : answer(request)))
      const { gas } = await inNoTime(() => estimateCost(providersOf([rpc]), snapshot, call))
      expect(gas).toBeGreaterThan(0n)
    }
  })

  it.each(GONE)('any more has no price (%s)', async (_, reply) => {
    const rpc = localRpc('a', () => reply)
    const error = await rejectedBy(estimateCost(providersOf([rpc]), snapshot, call))
    expect(error.message).toContain('does not keep the state that eth_estimateGas asks for')
    expect(rpc.asked.length).toBeLessThan(6)
  })

  it('yet tells a moment later why it failed', async () => {
    let looks = 0
    const rpc = localRpc('a', () => (looks++ < 2 ? no('header not found') : no('execution reverted', 3)))
    expect(await inNoTime(() => explainRevert(providersOf([rpc]), call, account, 16))).toBe('"execution reverted"')
  })
})

describe('why it failed', () => {
  it('is what most say that can tell', async () => {
    const teller = (host: string, data: string) =>
      localRpc(host, () => ({ ok: false, error: { code: 3, message: 'execution reverted', data } }))
    const providers = providersOf([teller('liar', '0xdeadbeef'), teller('b', '0x82b42900'), teller('c', '0x82b42900')])
    expect(await explainRevert(providers, { to: account, data: '0x01' }, account, 16)).toContain('(Unauthorized)')
  })
})
