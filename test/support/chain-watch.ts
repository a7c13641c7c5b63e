/**
 * What a chain holds of an operator, asked by a test that goes past the tool: with its own decoder and without any
 * provider in between.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeFunctionResult, encodeFunctionData, type Hex, toHex } from 'viem'
import { decodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { Cluster, type View } from '../chain/contract/cluster-fixture.js'

interface Request {
  readonly method: string
  readonly params: readonly unknown[]
}

export interface Sighting {
  /** Transactions of the account that blocks include. */
  readonly nonce: number
  /** The account's transactions that wait, whatever their nonces. */
  readonly waiting: number
  readonly data: Hex
  readonly version: bigint
}

export interface SendOptions {
  readonly tip?: bigint
  readonly nonce?: number
}

export interface WatchedChain {
  readonly url: string
  readonly contract: Hex
  rpc<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T>
  view(): Promise<View>
  sight(operator: string): Promise<Sighting>
  /** The same once nothing of the account waits: a chain that mines at once still takes a moment. */
  settled(operator: string): Promise<Sighting>
  /** Hashes of the account's included transactions to the contract, from a block on. */
  writesBy(account: string, sinceBlock?: number): Promise<readonly Hex[]>
  head(): Promise<number>
  mine(blocks?: number): Promise<void>
  automine(on: boolean): Promise<void>
  /**
   * As an account whose key need not be known: puts a call of the contract into the pool, and gives its hash. `tip` in
   * wei per gas says where in a block it comes, and in whose place; the nonce is the next one that is free unless given.
   */
  send(from: string, functionName: string, args: readonly unknown[], options?: SendOptions): Promise<Hex>
  /** The same, and resolves when a block includes it, which nobody must have stopped. Throws where it was refused. */
  include(from: string, functionName: string, args: readonly unknown[]): Promise<Hex>
}

class RpcFailure extends Error {}

/** Long enough for a machine that is busy with something else. */
const LOOKS_UNTIL_SETTLED = 2000
const LOOK_EVERY_MS = 10

let requests = 0

export function watch(url: () => string, contract: () => string): WatchedChain {
  const post = async (body: object) => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(url(), { method: 'POST', headers, body: JSON.stringify(body) })).json()
  }
  const all = async (list: readonly Request[]): Promise<unknown[]> => {
    const replies = (await post(list.map((one, id) => ({ jsonrpc: '2.0', id, ...one })))) as {
      readonly id: number
      readonly result?: unknown
      readonly error?: { readonly message: string }
    }[]
    return list.map(({ method }, id) => {
      const reply = replies.find((one) => one.id === id)
      if (!reply || reply.error) throw new RpcFailure(`${method}: ${reply?.error?.message ?? 'no answer'}`)
      return reply.result
    })
  }
  const rpc = async <T>(method: string, ...params: readonly unknown[]): Promise<T> => {
    const { result, error } = (await post({ jsonrpc: '2.0', id: ++requests, method, params })) as {
      readonly result: T
      readonly error?: { readonly message: string }
    }
    if (error) throw new RpcFailure(`${method}: ${error.message}`)
    return result
  }
  const getView = () => ({
    method: 'eth_call',
    params: [{ to: contract(), data: encodeFunctionData({ abi: Cluster.abi, functionName: 'getView' }) }, 'latest'],
  })
  const viewOf = (answer: unknown) =>
    decodeFunctionResult({ abi: Cluster.abi, functionName: 'getView', data: answer as Hex }) as View

  const callFrom = async (from: string, functionName: string, args: readonly unknown[]) => {
    await rpc('anvil_impersonateAccount', from)
    const data = encodeFunctionData({ abi: Cluster.abi, functionName, args })
    return { from, to: contract(), data, gas: toHex(10_000_000) }
  }

  const chain: WatchedChain = {
    get url() {
      return url()
    },
    get contract() {
      return contract() as Hex
    },
    rpc,
    view: async () => viewOf((await all([getView()]))[0]),
    async sight(operator) {
      // First: what has left the pool is in a block already, but not the other way round.
      const pool = await rpc('txpool_content')
      const [count, answer] = await all([
        { method: 'eth_getTransactionCount', params: [operator, 'latest'] },
        getView(),
      ])
      const { operatorSlots, version } = viewOf(answer)
      const slot = operatorSlots.find(({ addr }) => addr.toLowerCase() === operator.toLowerCase())
      if (!slot) throw new Error(`${operator} is no operator`)
      return { nonce: Number(count), waiting: waitingIn(pool, operator), data: slot.data, version }
    },
    async settled(operator) {
      for (let look = 0; look < LOOKS_UNTIL_SETTLED; look++) {
        const now = await chain.sight(operator)
        if (now.waiting === 0) return now
        await sleep(LOOK_EVERY_MS)
      }
      return chain.sight(operator)
    },
    async writesBy(account, sinceBlock = 0) {
      const head = Number(await rpc('eth_blockNumber'))
      const hashes: Hex[] = []
      for (let number = sinceBlock; number <= head; number++) {
        const { transactions } = await rpc<{ transactions: { from: string; to: string | null; hash: Hex }[] }>(
          'eth_getBlockByNumber',
          toHex(number),
          true,
        )
        for (const { from, to, hash } of transactions)
          if (from.toLowerCase() === account.toLowerCase() && to?.toLowerCase() === contract().toLowerCase())
            hashes.push(hash)
      }
      return hashes
    },
    head: async () => Number(await rpc('eth_blockNumber')),
    mine: async (blocks = 1) => void (await rpc('anvil_mine', toHex(blocks))),
    automine: async (on) => void (await rpc('evm_setAutomine', on)),
    async send(from, functionName, args, { tip, nonce } = {}) {
      const call = await callFrom(from, functionName, args)
      const { baseFeePerGas } = await rpc<{ baseFeePerGas: Hex }>('eth_getBlockByNumber', 'latest', false)
      // The chain orders by the highest fee that is offered: not much more than what is asked for.
      const fees = tip !== undefined && {
        maxPriorityFeePerGas: toHex(tip),
        maxFeePerGas: toHex((BigInt(baseFeePerGas) * 9n) / 8n + tip),
      }
      return rpc<Hex>('eth_sendTransaction', {
        ...call,
        ...fees,
        ...(nonce === undefined ? {} : { nonce: toHex(nonce) }),
      })
    },
    async include(from, functionName, args) {
      const call = await callFrom(from, functionName, args)
      const { status, transactionHash } = await rpc<{ status: Hex; transactionHash: Hex }>(
        'eth_sendTransactionSync',
        call,
      )
      if (status !== '0x1') throw new Error(`${functionName} was refused`)
      return transactionHash
    },
  }
  return chain
}

export function primaryPortOf(data: Hex, index = 0): number | undefined {
  return decodeOperatorData(bytesOf(data)).nodes[index]?.primaryPort
}

export function nodesOf(data: Hex): readonly { readonly peerId: string }[] {
  return decodeOperatorData(bytesOf(data)).nodes
}

function bytesOf(data: Hex): Uint8Array {
  return Uint8Array.from(Buffer.from(data.slice(2), 'hex'))
}

type Pool = Readonly<Record<'pending' | 'queued', Readonly<Record<string, object>>>>

function waitingIn(content: unknown, account: string): number {
  const { pending, queued } = content as Pool
  return [pending, queued]
    .flatMap((part) => Object.entries(part))
    .filter(([from]) => from.toLowerCase() === account.toLowerCase())
    .reduce((sum, [, byNonce]) => sum + Object.keys(byNonce).length, 0)
}
