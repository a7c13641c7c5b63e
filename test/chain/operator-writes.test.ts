import { encodeAbiParameters, encodeEventTopics, type Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { bytesToHex } from '../../src/base/hex.js'
import type { OperatorWrite } from '../../src/chain/chain.js'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { operatorWrites } from '../../src/chain/events.js'
import { type JsonRpc, type RpcReply, type RpcRequest, unreachable } from '../../src/chain/rpc/json-rpc.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { inNoTime } from '../support/in-no-time.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, member, OPERATOR, OPERATOR_KEY, OWN_NODES, OWNER, useRealCluster } from '../support/use-real-cluster.js'
import { localRpc, no, ok, providersOf } from './providers-of.js'

const inWords = (writes: readonly OperatorWrite[]) =>
  writes.map(({ block, data, beforeOwn }) => [block, data && bytesToHex(data), beforeOwn ? 'before' : 'after'])

describe('on a real chain', () => {
  const { services, now, automine, mine } = useRealCluster()
  const ownData = blob('own', OWN_NODES)

  /** The operator's own write; `meanwhile` happens after the cluster was read for it. */
  async function sendOwn(tipWei: bigint, meanwhile = async () => {}) {
    const chain = await services().services.chain()
    const snapshot = await chain.readClusterForWrite(OPERATOR)
    await meanwhile()
    const data = Uint8Array.from(Buffer.from(ownData.slice(2), 'hex'))
    const call = await chain.encodeCall({ fn: 'updateNodeOperatorData', operator: OPERATOR, data })
    const fees = { maxPriorityFeePerGas: tipWei, maxFeePerGas: snapshot.fees.maxFeePerGas + tipWei }
    const signed = await chain.sign({ ...snapshot, fees }, call, { gas: 1_000_000n }, privateKeySigner(OPERATOR_KEY))
    await chain.broadcast(signed)
    return { chain, signed, after: snapshot.block.number }
  }
  const head = async () => Number(await now.chain.rpc<Hex>('eth_blockNumber'))

  it('tells what the owner wrote before and after the own write, and nothing of other operators', async () => {
    const [first, second, third] = ['first', 'second', 'third'].map((name) => blob(name, OWN_NODES)) as [Hex, Hex, Hex]
    const ownerWrites = (data: Hex, id = OPERATOR) => now.cluster.write(OWNER, 'updateNodeOperatorData', [id, data])
    await ownerWrites(first)
    const { chain, signed, after } = await sendOwn(1n, async () => void (await ownerWrites(second)))
    await ownerWrites(first, member(1))
    await ownerWrites(third)
    const until = await head()
    const writes = await chain.operatorWrites({ operator: OPERATOR, after, until, except: signed.hash })
    expect(inWords(writes)).toEqual([
      [after + 1, second, 'before'],
      [until, third, 'after'],
    ])
    const { transactions } = await now.chain.rpc<{ transactions: Hex[] }>('eth_getBlockByNumber', ['latest', false])
    expect(writes[1]?.hash).toBe(transactions[0])
    // What was there when the operator was read is told only when its block is asked for.
    const all = await chain.operatorWrites({ operator: OPERATOR, after: after - 1, until, except: signed.hash })
    expect(inWords(all).slice(0, -2)).toEqual([[after, first, 'before']])
  })

  it('knows the order within a block', async () => {
    for (const [tip, order] of [
      [1n, 'before'],
      [10n ** 12n, 'after'],
    ] as const) {
      await automine(false)
      const { chain, signed, after } = await sendOwn(tip)
      const data = blob(`owner ${tip}`, OWN_NODES)
      await now.chain.rpc('eth_sendTransaction', [
        {
          from: OWNER,
          gas: '0x1e8480',
          maxFeePerGas: '0x2540be400',
          maxPriorityFeePerGas: '0x3b9aca00',
          ...(await chain.encodeCall({
            fn: 'updateNodeOperatorData',
            operator: OPERATOR,
            data: Uint8Array.from(Buffer.from(data.slice(2), 'hex')),
          })),
        },
      ])
      await mine()
      await automine(true)
      const until = await head()
      const writes = await chain.operatorWrites({ operator: OPERATOR, after, until, except: signed.hash })
      expect(inWords(writes)).toEqual([[until, data, order]])
    }
  })

  it('tells of a removal as well, and of what came with a return', async () => {
    await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(9), data: '0x01' }])
    const after = await head()
    await now.cluster.write(OWNER, 'removeNodeOperator', [member(9)])
    await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(9), data: '0x02' }])
    await now.cluster.write(OWNER, 'updateNodeOperatorData', [member(9), '0x03'])
    const until = await head()
    const { transactions } = await now.chain.rpc<{ transactions: Hex[] }>('eth_getBlockByNumber', ['latest', false])
    const chain = await services().services.chain()
    const writes = await chain.operatorWrites({ operator: member(9), after, until, except: transactions[0] as Hex })
    expect(inWords(writes)).toEqual([
      [after + 1, null, 'before'],
      [after + 2, '0x02', 'before'],
    ])
  })
})

const contract = parseAddress('c0'.repeat(20), 'the test')
const operator = parseAddress('0a'.repeat(20), 'the test')
const own: Hex = `0x${'ee'.repeat(32)}`
const other: Hex = `0x${'dd'.repeat(32)}`
const query = { operator, after: 10, until: 20, except: own }

function updated(block: number, index: number, hash: Hex, data: Hex = '0x0102') {
  return {
    address: contract,
    blockHash: `0x${'b1'.repeat(32)}`,
    topics: encodeEventTopics({
      abi: CLUSTER_ABI,
      eventName: 'NodeOperatorUpdated',
      args: { operator, slot: 3 },
    }),
    data: encodeAbiParameters([{ type: 'bytes' }, { type: 'uint128' }], [data, 9n]),
    blockNumber: `0x${block.toString(16)}`,
    logIndex: `0x${index.toString(16)}`,
    transactionHash: hash,
  }
}
const logs = (...all: unknown[]) => localRpc('host', () => ok(all))
const read = (...all: JsonRpc[]) => operatorWrites(providersOf(all), contract, query)

describe('the events', () => {
  it('are asked for by contract, kind and operator, in the blocks after the one that was read', async () => {
    const rpc = logs(updated(20, 0, own))
    expect(await read(rpc)).toEqual([])
    expect(rpc.asked).toEqual([
      {
        method: 'eth_getLogs',
        params: [
          {
            address: contract,
            topics: [
              [expect.any(String), expect.any(String), expect.any(String)],
              `0x${'0'.repeat(24)}${operator.slice(2)}`,
            ],
            fromBlock: '0xb',
            toBlock: '0x14',
          },
        ],
      },
    ])
    expect(await operatorWrites(providersOf([rpc]), contract, { ...query, after: 20 })).toEqual([])
    expect(rpc.asked).toHaveLength(1)
  })

  it('are put in order', async () => {
    const rpc = logs(updated(15, 3, other), updated(15, 2, own), updated(15, 1, other), updated(12, 9, other))
    expect(inWords(await read(rpc))).toEqual([
      [12, '0x0102', 'before'],
      [15, '0x0102', 'before'],
      [15, '0x0102', 'after'],
    ])
  })

  it.each<[string, object]>([
    ['another contract', { address: operator }],
    ['another operator', { topics: updated(12, 0, own).topics.with(1, `0x${'1'.repeat(64)}`) }],
    ['another event', { topics: [`0x${'1'.repeat(64)}`, ...updated(12, 0, own).topics.slice(1)] }],
    ['a block that was not asked for', { blockNumber: '0xa' }],
    ['a block to come', { blockNumber: '0x15' }],
    ['no topics', { topics: [] }],
    ['topics that are none', { topics: null }],
    ['data that is cut off', { data: updated(12, 0, own).data.slice(0, -64) }],
    ['no data', { data: '0x' }],
    ['no hash', { transactionHash: null }],
    ['no place', { logIndex: null }],
  ])('of %s are not believed', async (_, odd) => {
    const error = await rejectedBy(read(logs(updated(20, 0, own), { ...updated(12, 0, other), ...odd })))
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toContain('malformed')
  })

  it('are not complete without the own one', async () => {
    const error = await rejectedBy(read(logs(updated(12, 0, other))))
    expect(error).toMatchObject({
      code: 'RPC_ERROR',
      message: expect.stringContaining('lack those of this transaction'),
    })
  })

  it('that are no list are an error', async () => {
    expect((await rejectedBy(read(localRpc('host', () => ok({}))))).code).toBe('RPC_ERROR')
  })
})

describe('a provider that limits ranges', () => {
  const span = ({ params: [filter] }: RpcRequest) => {
    const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string }
    return [Number(fromBlock), Number(toBlock)] as const
  }
  const limited = (most: number, all: readonly ReturnType<typeof updated>[]) =>
    localRpc('host', (request): RpcReply => {
      const [from, to] = span(request)
      if (to - from + 1 > most) return no('range too large')
      return ok(all.filter(({ blockNumber }) => Number(blockNumber) >= from && Number(blockNumber) <= to))
    })
  const long = (until: number) => ({ ...query, until })

  it('is asked in parts, each block once', async () => {
    const all = [11, 1010, 1011, 2500].map((block) => updated(block, 0, block === 2500 ? own : other))
    const rpc = limited(1000, all)
    const writes = await operatorWrites(providersOf([rpc]), contract, long(2500))
    expect(writes.map(({ block }) => block)).toEqual([11, 1010, 1011])
    expect(rpc.asked.map(span)).toEqual([
      [11, 2500],
      [1501, 2500],
      [501, 1500],
      [11, 500],
    ])
  })

  it('to ten blocks is asked for ten blocks', async () => {
    const rpc = limited(10, [updated(12, 0, other), updated(200, 0, own)])
    expect(await operatorWrites(providersOf([rpc]), contract, long(305))).toHaveLength(1)
    const spans = rpc.asked.map(span)
    expect(spans.slice(0, 4)).toEqual([
      [11, 305],
      [206, 305],
      [296, 305],
      [286, 295],
    ])
    expect(spans.at(-1)).toEqual([11, 15])
  })

  it('although it says so of a block that it does not have yet, is asked again', async () => {
    let looks = 0
    const late = no('One of the blocks specified in filter (fromBlock, toBlock or blockHash) cannot be found.')
    const rpc = localRpc('host', () => (looks++ < 3 ? late : ok([updated(20, 0, own)])))
    expect(await inNoTime(() => operatorWrites(providersOf([rpc]), contract, query))).toEqual([])
    expect(rpc.asked).toHaveLength(4)
  })

  it('but not in hundreds of them', async () => {
    const rpc = limited(100, [updated(11, 0, own)])
    const error = await rejectedBy(operatorWrites(providersOf([rpc]), contract, long(100_000)))
    expect(error).toMatchObject({ code: 'RPC_ERROR', message: expect.stringContaining('range too large') })
    expect(rpc.asked.length).toBeLessThan(5)
  })
})

describe('several providers', () => {
  const complete = () => logs(updated(12, 0, other), updated(20, 0, own))
  const hiding = () => logs(updated(20, 0, own))
  const down: JsonRpc = { host: 'down', close: () => {}, send: () => Promise.reject(unreachable('down', 'ECONNRESET')) }

  it('have to agree', async () => {
    expect(await read(complete(), complete())).toHaveLength(1)
    expect((await rejectedBy(read(complete(), hiding()))).code).toBe('PROVIDERS_DISAGREE')
    const liar = providersOf([{ ...hiding(), host: 'liar' }, complete(), complete()], 2)
    expect(await operatorWrites(liar, contract, query)).toHaveLength(1)
    expect(liar.warned).toEqual(['liar shows other events than the others'])
  })

  it('or enough of them', async () => {
    expect(await operatorWrites(providersOf([down, complete()], 1), contract, query)).toHaveLength(1)
    expect((await rejectedBy(read(down, complete()))).code).toBe('NETWORK')
  })
})
