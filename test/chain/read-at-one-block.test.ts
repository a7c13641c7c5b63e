import { encodeFunctionResult, keccak256, numberToHex, toFunctionSelector, toHex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseAddress, ZERO_ADDRESS } from '../../src/base/address.js'
import { createDeadline } from '../../src/base/deadline.js'
import type { Hex } from '../../src/base/hex.js'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { connectChain, type EvmChain } from '../../src/chain/evm-chain.js'
import { cpuClock } from '../support/cpu-time.js'
import { fakeClock } from '../support/fake-clock.js'
import { type FakeProvider, Fault, isBatch, startFakeProvider, TOKEN } from '../support/fake-provider.js'
import { rejectedBy } from '../support/rejected.js'
import { readVectors } from '../support/vectors.js'

const golden = readVectors<{ contract: string; operators: string[]; states: { get_view: Hex }[] }>('cluster-states')
const view = golden.states[2]!.get_view
const laterView = golden.states[4]!.get_view
const contract = parseAddress(golden.contract, 'the test')
const account = parseAddress(golden.operators[0]!, 'the test')

let provider: FakeProvider
let chain: EvmChain | undefined
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.stop())
afterEach(() => {
  chain?.close()
  provider.reset()
})

async function connect(url = provider.url, requestTimeoutMs = 5000): Promise<EvmChain> {
  const providers = {
    providers: [{ url, headers: {}, proxy: null }],
    quorum: 1,
    certificateAuthorities: null,
  }
  const deadline = createDeadline(() => performance.now(), null)
  const warn = (text: string) => {
    throw new Error(`unexpected warning: ${text}`)
  }
  chain = await connectChain(
    { providers, chainId: 10, contract: () => contract, requestTimeoutMs, deadline, warn },
    fakeClock(),
  )
  return chain
}

const hashOf = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`
const blockOf = (number: number) => ({
  number: `0x${number.toString(16)}`,
  hash: hashOf(number),
  timestamp: '0x65000000',
  baseFeePerGas: '0x64',
})

/** A chain whose head moves as the test says. */
function serve(head: { number: number }, methods: FakeProvider['methods'] = {}): void {
  const at = (tag: string) => (tag === 'latest' ? head.number : Number(tag))
  provider.methods = {
    eth_chainId: () => '0xa',
    eth_getBlockByNumber: (tag: string) => blockOf(at(tag)),
    eth_call: (_: unknown, tag: string) => (at(tag) > 100 ? laterView : view),
    eth_getTransactionCount: (_: string, tag: string) =>
      tag === 'pending' ? '0x9' : `0x${(at(tag) - 93).toString(16)}`,
    eth_getBalance: () => '0xde0b6b3a7640000',
    eth_maxPriorityFeePerGas: () => '0x5',
    eth_getCode: () => '0x6000',
    eth_getStorageAt: () => hashOf(0),
    ...methods,
  }
}

describe('a read', () => {
  it('is one HTTP request: chain, head, view, head', async () => {
    serve({ number: 100 })
    const snapshot = await (await connect()).readCluster()
    expect(snapshot).toMatchObject({ chainId: 10, contract, block: { number: 100, hash: hashOf(100) } })
    expect(snapshot.view.operators.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4])
    expect(provider.received).toHaveLength(1)
    expect(provider.received[0]).toMatchObject([
      { method: 'eth_chainId' },
      { method: 'eth_getBlockByNumber', params: ['latest', false] },
      { method: 'eth_call', params: [{ to: contract, data: toFunctionSelector('getView()') }, 'latest'] },
      { method: 'eth_getBlockByNumber', params: ['latest', false] },
    ])
  })

  it('asks again by number when the head moved meanwhile', async () => {
    const head = { number: 100 }
    serve(head, {
      eth_call: (_: unknown, tag: string) => {
        if (tag === 'latest') head.number++
        return tag === 'latest' ? view : laterView
      },
    })
    const snapshot = await (await connect()).readCluster()
    expect(snapshot.block).toEqual({ number: 101, hash: hashOf(101) })
    expect(snapshot.view.version).not.toBe(undefined)
    expect(provider.received).toHaveLength(2)
    expect(provider.received[1]).toMatchObject([
      { method: 'eth_chainId' },
      { method: 'eth_getBlockByNumber', params: ['0x65', false] },
      { method: 'eth_call', params: [{ to: contract }, '0x65'] },
      { method: 'eth_getBlockByNumber', params: ['0x65', false] },
    ])
    // What was read at the moving head is not used.
    const now = await (await connect()).readCluster({ block: 101 })
    expect(snapshot.view.version).toBe(now.view.version)
  })

  it('asks for everything again when a block was reorganised meanwhile', async () => {
    let reads = 0
    serve({ number: 100 }, { eth_getBlockByNumber: () => ({ ...blockOf(100), hash: hashOf(++reads < 4 ? reads : 7) }) })
    expect((await (await connect()).readCluster()).block.hash).toBe(hashOf(7))
  })

  it('gives up on a provider that answers from another block each time', async () => {
    let reads = 0
    serve({ number: 100 }, { eth_getBlockByNumber: () => ({ ...blockOf(100), hash: hashOf(++reads) }) })
    const error = await rejectedBy((await connect()).readCluster())
    expect(error.code).toBe('NETWORK')
    expect(error.message).toContain(`${provider.host} answers from another block each time`)
  })

  it('at a given block asks for that block', async () => {
    serve({ number: 100 })
    expect((await (await connect()).readCluster({ block: 77 })).block.number).toBe(77)
    expect(provider.received[0]).toMatchObject([{}, { params: ['0x4d', false] }, {}, { params: ['0x4d', false] }])
  })

  it('at a given block waits until it is there', async () => {
    let asked = 0
    serve({ number: 77 }, { eth_getBlockByNumber: (tag: string) => (++asked > 3 ? blockOf(Number(tag)) : null) })
    expect((await (await connect()).readCluster({ block: 77 })).block.number).toBe(77)
    expect(provider.received).toHaveLength(3)
  })

  it('at a given block takes no other', async () => {
    serve({ number: 77 }, { eth_getBlockByNumber: () => blockOf(76) })
    const error = await rejectedBy((await connect()).readCluster({ block: 77 }))
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toContain(`${provider.host} does not have block 77`)
  })

  it('works one by one where there are no batches', async () => {
    serve({ number: 100 })
    provider.onPost = (body, response) => {
      if (!isBatch(body)) return false
      response.writeHead(400).end('no batches')
      return true
    }
    expect((await (await connect()).readCluster()).block.number).toBe(100)
    expect(provider.received.map((body) => [body].flat().length)).toEqual([4, 2, 1, 1, 1, 1])
  })

  it('works over a WebSocket', async () => {
    serve({ number: 100 })
    expect((await (await connect(provider.wsUrl)).readCluster()).block.number).toBe(100)
    expect(provider.asked()).toEqual(['eth_chainId', 'eth_getBlockByNumber', 'eth_call', 'eth_getBlockByNumber'])
  })
})

describe('a read for a write', () => {
  it('takes nonce, balance and view of one block, in one request', async () => {
    serve({ number: 100 })
    const snapshot = await (await connect()).readClusterForWrite(account)
    expect(snapshot).toMatchObject({
      block: { number: 100 },
      account: { address: account, nonce: 7, pendingNonce: 9, balanceWei: 10n ** 18n },
      fees: { maxFeePerGas: 205n, maxPriorityFeePerGas: 5n },
      genesisHash: hashOf(0),
      implementation: null,
    })
    expect(provider.received).toHaveLength(1)
  })

  it('asks for the genesis block once', async () => {
    serve({ number: 100 }, { eth_getBlockByNumber: (tag: string) => blockOf(tag === '0x0' ? 77 : 100) })
    const reader = await connect()
    for (const snapshot of [
      await reader.readAccount(account),
      await reader.readAccount(account),
      await reader.readClusterForWrite(account),
    ])
      expect(snapshot.genesisHash).toBe(hashOf(77))
    const asked = provider.received.flat().filter(({ params }) => params[0] === '0x0')
    expect(asked).toHaveLength(1)
    expect(provider.received).toHaveLength(3)
  })

  it.each([
    ['an address', `0x${'0'.repeat(24)}${'Ab'.repeat(20)}`, `0x${'ab'.repeat(20)}`],
    ['an address without leading zeros', `0x${'ab'.repeat(20)}`, `0x${'ab'.repeat(20)}`],
    ['a low address', '0x12', `0x${'12'.padStart(40, '0')}`],
    ['nothing', '0x0', null],
    ['what is no address', `0x${'f'.repeat(64)}`, null],
  ])('finds the code behind the proxy, where the slot holds %s', async (_, slot, implementation) => {
    serve({ number: 100 }, { eth_getStorageAt: () => slot })
    expect((await (await connect()).readClusterForWrite(account)).implementation).toBe(implementation)
    const asked = provider.received.flat().find(({ method }) => method === 'eth_getStorageAt')
    const slotOf = BigInt(keccak256(toHex('eip1967.proxy.implementation'))) - 1n
    expect(asked?.params).toEqual([contract, toHex(slotOf), 'latest'])
  })

  it('never mixes the nonce of one block with the view of another', async () => {
    const head = { number: 99 }
    const move = (answer: string) => () => {
      head.number++
      return answer
    }
    // It goes on moving while the block it had moved to is asked for.
    serve(head, { eth_chainId: move('0xa'), eth_getBalance: move('0x1') })
    const snapshot = await (await connect()).readClusterForWrite(account)
    expect(snapshot.block.number).toBe(101)
    expect(snapshot.account.nonce).toBe(8)
    expect(snapshot.view.version).toBe((await (await connect()).readCluster({ block: 101 })).view.version)
  })

  it.each([
    ['a word for it', new Fault(-32000, 'pending block is not supported')],
    ['parameters that it does not know', new Fault(-32602, 'invalid block tag: pending')],
    ['no such state', new Fault(-32000, 'pending state is not available')],
    ['null', null],
  ])('knows providers that do not show what waits: %s', async (_, answer) => {
    serve(
      { number: 100 },
      { eth_getTransactionCount: (_: string, tag: string) => (tag === 'pending' ? answer : '0x7') },
    )
    const { account: read } = await (await connect()).readAccount(account)
    expect(read).toMatchObject({ nonce: 7, pendingNonce: 7, poolUnseen: true })
  })

  it.each([
    ['trouble of its own', new Fault(-32603, 'internal error')],
    ['no number', 'many'],
  ])('does not take %s for a pool that is not shown', async (_, answer) => {
    serve(
      { number: 100 },
      { eth_getTransactionCount: (_: string, tag: string) => (tag === 'pending' ? answer : '0x7') },
    )
    expect((await rejectedBy((await connect()).readAccount(account))).code).toMatch(/^(?:RPC_ERROR|NETWORK)$/)
  })

  it('bids a usual tip where the provider suggests none, and knows chains without a base fee', async () => {
    serve(
      { number: 100 },
      {
        eth_maxPriorityFeePerGas: () => new Fault(-32601, 'unknown method'),
        eth_getBlockByNumber: () => ({ ...blockOf(100), baseFeePerGas: null }),
      },
    )
    const { fees } = await (await connect()).readAccount(account)
    expect(fees).toEqual({ maxFeePerGas: 1_000_000n, maxPriorityFeePerGas: 1_000_000n })
  })
})

describe('refusals', () => {
  const failing = async (methods: FakeProvider['methods'], write = false) => {
    serve({ number: 100 }, methods)
    const reader = await connect()
    const error = await rejectedBy(write ? reader.readClusterForWrite(account) : reader.readCluster())
    expect(JSON.stringify([error.message, error.hint, error.details, error.stack, String(error.cause)])).not.toContain(
      TOKEN,
    )
    return error
  }

  it('the wrong chain, before anything else is looked at', async () => {
    const error = await failing({ eth_chainId: () => '0x1', eth_call: () => '0x', eth_getBlockByNumber: () => null })
    expect(error.code).toBe('WRONG_CHAIN')
    expect(error.message).toContain('serves chain 1, but chain 10 is expected')
    expect(error.hint).toContain('--chain-id 1')
    expect(error.details).toEqual({ expected: 10, actual: 1 })
    expect(provider.received).toHaveLength(1)
  })

  it('no contract at the address', async () => {
    const error = await failing({ eth_call: () => '0x', eth_getCode: () => '0x' })
    expect(error.code).toBe('NOT_A_CONTRACT')
    expect(error.message).toContain(contract)
  })

  it.each<[string, unknown]>([
    ['a contract that answers nothing', '0x'],
    ['a revert without data', new Fault(3, 'execution reverted')],
    ['a revert in other words', new Fault(-32000, 'VM Exception while processing transaction: revert')],
    ['one word', `0x${'0'.repeat(63)}1`],
    ['zeros', `0x${'0'.repeat(64 * 40)}`],
    ['offsets that point at themselves', `0x${'20'.padStart(64, '0').repeat(40)}`],
    ['offsets into nowhere', `0x${'f'.repeat(64 * 20)}`],
    ['an owner of 32 bytes', `${view.slice(0, 66)}${'f'.repeat(64)}${view.slice(130)}`],
    ['a cut view', view.slice(0, view.length / 2 - ((view.length / 2) % 2))],
    ['text', `0x${Buffer.from('this is not a cluster at all').toString('hex')}`],
  ])('a contract that is no cluster: %s', async (_, answer) => {
    expect((await failing({ eth_call: () => answer })).code).toBe('NOT_A_CLUSTER')
    expect((await failing({ eth_call: () => answer }, true)).code).toBe('NOT_A_CLUSTER')
  })

  it('an implementation that was never set up, whose address is easily taken for the proxy', async () => {
    const untouched = `${view.slice(0, 2 + 64 * 3)}${'0'.repeat(64)}${view.slice(2 + 64 * 4)}`
    const error = await failing({ eth_call: () => untouched })
    expect(error.code).toBe('NOT_A_CLUSTER')
    expect(error.message).toContain('implementation')
  })

  it('a hostile view takes no noticeable time', async () => {
    const words = Array.from({ length: 3000 }, () => '20'.padStart(64, '0'))
    words[2] = '1c0'.padStart(64, '0')
    words[8] = 'ffff'.padStart(64, '0')
    const spent = cpuClock()
    await failing({ eth_call: () => `0x${words.join('')}` })
    expect(spent()).toBeLessThan(2000)
  })

  it.each<[string, FakeProvider['methods'], RegExp]>([
    ['eth_chainId', { eth_chainId: () => new Fault(-32000, 'busy') }, /eth_chainId with an error: "busy"/],
    ['the head', { eth_getBlockByNumber: () => new Fault(-32000, 'busy') }, /eth_getBlockByNumber.*busy/],
    ['the view', { eth_call: () => new Fault(-32000, 'out of order') }, /eth_call.*out of order/],
    ['a head that is not there', { eth_getBlockByNumber: () => null }, /malformed block/],
    ['a chain ID of another kind', { eth_chainId: () => 10 }, /malformed chain ID/],
    [
      'a block number of another kind',
      { eth_getBlockByNumber: () => ({ ...blockOf(1), number: '1' }) },
      /block number/,
    ],
    ['a block hash of another kind', { eth_getBlockByNumber: () => ({ ...blockOf(1), hash: '0x12' }) }, /block hash/],
    [
      'a time beyond all calendars',
      { eth_getBlockByNumber: () => ({ ...blockOf(1), timestamp: '0x1fffffffffffff' }) },
      /timestamp/,
    ],
    ['a view of another kind', { eth_call: () => ({}) }, /malformed getView\(\) result/],
    ['a view that is no hex', { eth_call: () => '0xzz' }, /malformed getView\(\) result/],
  ])('an error of the provider: %s', async (_, methods, sentence) => {
    const error = await failing(methods)
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toMatch(sentence)
  })

  it.each(['eth_getTransactionCount', 'eth_getBalance', 'eth_getStorageAt'])(
    'an error of %s stops a write',
    async (method) => {
      const error = await failing({ [method]: () => new Fault(-32000, 'busy') }, true)
      expect(error.code).toBe('RPC_ERROR')
      expect(error.message).toContain(method)
    },
  )

  it('a provider that says far too much is cut short', async () => {
    const { message } = await failing({ eth_chainId: () => new Fault(-32000, 'x'.repeat(10_000)) })
    expect(message.length).toBeLessThan(500)
  })

  it('a block that does not come', async () => {
    serve({ number: 77 }, { eth_getBlockByNumber: () => null })
    const error = await rejectedBy((await connect()).readCluster({ block: 77 }))
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toContain(`${provider.host} does not have block 77`)
  })

  it('a genesis block of another kind', async () => {
    const error = await failing({ eth_getBlockByNumber: (tag: string) => (tag === '0x0' ? null : blockOf(100)) }, true)
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toContain('genesis block')
  })

  it('one that is down, slow or not there', async () => {
    serve({ number: 1 })
    provider.onPost = () => true
    expect((await rejectedBy((await connect(provider.url, 50)).readCluster())).code).toBe('NETWORK')
    expect((await rejectedBy((await connect('ws://127.0.0.1:1/', 500)).readCluster())).code).toBe('NETWORK')
    expect((await rejectedBy((await connect('http://127.0.0.1:1/', 500)).readCluster())).code).toBe('NETWORK')
  })
})

it('a view of the largest cluster is read', async () => {
  const slots = Array.from({ length: 256 }, (_, n) => ({
    addr: numberToHex(n + 1, { size: 20 }),
    data: `0x${'01'.repeat(4096)}` as Hex,
  }))
  const keyspaces = [
    { operatorBitmask: 31n, replicationStrategy: 0 },
    { operatorBitmask: 0n, replicationStrategy: 0 },
  ] as const
  const result = encodeFunctionResult({
    abi: CLUSTER_ABI,
    functionName: 'getView',
    result: {
      owner: account,
      settings: { maxOperatorDataBytes: 4096, minOperators: 5, extra: '0x0100' },
      version: 2n ** 128n - 1n,
      keyspaceVersion: 2n ** 64n - 2n,
      operatorSlots: slots,
      keyspaces,
      migration: { id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n },
      maintenanceSlot: ZERO_ADDRESS,
    },
  })
  serve({ number: 100 }, { eth_call: () => result })
  const snapshot = await (await connect()).readCluster()
  expect(snapshot.view.operators).toHaveLength(256)
  expect(snapshot.view.version).toBe(2n ** 128n - 1n)
})
