/** Providers without a network, for tests of what several of them make of a question: each shows a chain of its own. */

import type { Hex } from '../../src/base/hex.js'
import type { Providers } from '../../src/chain/providers.js'
import type { JsonRpc, RpcReply, RpcRequest } from '../../src/chain/rpc/json-rpc.js'

/** What a provider shows. Numbers are quantities on the wire. */
export interface Shown {
  readonly chainId: number
  readonly head: number
  /** Blocks of two forks have different hashes. */
  readonly fork: string
  readonly genesis: string
  readonly baseFee: number
  readonly time: number
  readonly view: unknown
  readonly nonce: number
  readonly pending: number
  readonly balance: number
  readonly slot: string
  readonly code: string
  /** Null: it does not suggest any. */
  readonly tip: number | null
  /** Throws before it answers. */
  readonly failure: Error | null
  /** Answers instead of all this; undefined leaves it to the rest. */
  readonly instead: (request: RpcRequest) => RpcReply | undefined
}

interface FakeRpc extends JsonRpc {
  /** What was asked so far, a list for each round trip. */
  readonly asked: (readonly RpcRequest[])[]
}

const quantity = (value: number) => `0x${value.toString(16)}`
export const hashOf = (fork: string, number: number): Hex =>
  `0x${Buffer.from(fork).toString('hex').padEnd(32, '0')}${number.toString(16).padStart(32, '0')}`

export const ok = (result: unknown): RpcReply => ({ ok: true, result })
export const no = (message: string, code = -32000): RpcReply => ({ ok: false, error: { code, message } })

function fakeRpc(host: string, shown: Shown): FakeRpc {
  const numberOf = (tag: unknown) => (tag === 'latest' ? shown.head : Number(tag))
  const answer = (request: RpcRequest): RpcReply => {
    const other = shown.instead(request)
    if (other) return other
    const [first, second] = request.params
    switch (request.method) {
      case 'eth_chainId':
        return ok(quantity(shown.chainId))
      case 'eth_getBlockByNumber': {
        const number = numberOf(first)
        if (number > shown.head) return ok(null)
        const hash = number === 0 ? hashOf(shown.genesis, 0) : hashOf(shown.fork, number)
        return ok({
          number: quantity(number),
          hash,
          timestamp: quantity(shown.time + number),
          baseFeePerGas: quantity(shown.baseFee),
        })
      }
      case 'eth_call':
        return typeof shown.view === 'object' ? (shown.view as RpcReply) : ok(shown.view)
      case 'eth_getTransactionCount':
        return ok(quantity(second === 'pending' ? shown.pending : shown.nonce))
      case 'eth_getBalance':
        return ok(quantity(shown.balance))
      case 'eth_getStorageAt':
        return ok(shown.slot)
      case 'eth_getCode':
        return ok(shown.code)
      case 'eth_maxPriorityFeePerGas':
        return shown.tip === null ? no('unknown method', -32601) : ok(quantity(shown.tip))
      default:
        return no(`unknown method ${request.method}`, -32601)
    }
  }
  const asked: (readonly RpcRequest[])[] = []
  return {
    host,
    asked,
    async send(requests) {
      asked.push(requests)
      if (shown.failure) throw shown.failure
      return requests.map(answer)
    },
    close() {},
  }
}

export interface FakeProviders extends Providers {
  readonly all: readonly FakeRpc[]
  /** "host why", each time that it was said. */
  readonly leftOut: string[]
}

/** Named a, b, c and so on. All of them must agree unless told. */
export function fakeProviders(shown: readonly Shown[], quorum = shown.length): FakeProviders {
  const leftOut: string[] = []
  return {
    all: shown.map((one, index) => fakeRpc('abcdefgh'.charAt(index), one)),
    quorum,
    leftOut,
    warn(text) {
      throw new Error(`unexpected warning: ${text}`)
    },
    leaveOut: ({ host }, why) => void leftOut.push(`${host} ${why}`),
    drop() {},
    close() {},
  }
}
