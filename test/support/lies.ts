/**
 * A single provider that lies by a schedule: what it does to each request follows from a seed. It never makes up what
 * only the account's key could sign; all else it may say, hide, hold back and bring out later.
 */
import type { Behaviour, Call, Exchange, Reply } from './fault-proxy.js'
import { SEND } from './fault-proxy.js'

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Liar {
  readonly behave: Behaviour
  /** Raw transactions that it was given, whatever it did with them. */
  readonly kept: readonly string[]
  /** What kind of liar it is, for a failing test. */
  readonly traits: object
}

const FAR = 1_000_000
/** What one would do who wants a write of yesterday to undo one of tomorrow. */
const SCHEMES = [
  // Has it signed beyond a gap, says that it is nowhere, and keeps it.
  { inflates: 1, by: 1, consistently: true, refuses: 1, holdsBack: 1, saysNothing: 0, hides: 1, includes: 0 },
  // The same, and says that it is done.
  { inflates: 1, by: 1, consistently: true, refuses: 0, holdsBack: 1, saysNothing: 0, includes: 1 },
  { inflates: 1, by: 2, consistently: true, refuses: 0, holdsBack: 0, saysNothing: 1, includes: 0.5 },
  // Says no, and delivers.
  { inflates: 1, by: 1, consistently: true, refuses: 1, holdsBack: 0, saysNothing: 0, hides: 1, includes: 0 },
]

export function liar(random: () => number): Liar {
  const chance = (share: number) => random() < share
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  // How often it does what; each has a few vices.
  const vice = () => (chance(0.4) ? pick(0.1, 0.5, 1) : 0)
  const traits = {
    // What is wrong once only is found out before anything is signed.
    inflates: chance(0.7) ? pick(0.3, 1, 1, 1) : 0,
    by: pick(1, 1, 1, 1, 1, 2, 3, 17, FAR),
    // Of the counts of one request all are as wrong, or each for itself.
    consistently: chance(0.9),
    refuses: vice(),
    holdsBack: vice(),
    saysNothing: vice(),
    hides: vice(),
    includes: vice(),
    reverts: chance(0.3),
    // As if it were another chain of the same ID.
    renames: chance(0.15),
    ...(chance(0.5) ? pick<object>(...SCHEMES) : {}),
  }
  const kept: string[] = []

  async function answerTo(call: Call, exchange: Exchange, inflated: boolean): Promise<Reply> {
    const ok = (result: unknown): Reply => ({ jsonrpc: '2.0', id: call.id, result })
    const truth = async () => ({ ...((await exchange.ask([call]))[0] as Reply), id: call.id })
    switch (call.method) {
      case 'eth_getTransactionCount': {
        const { result } = await truth()
        const lies = traits.consistently ? inflated : chance(traits.inflates)
        return ok(lies ? `0x${(Number(result) + traits.by).toString(16)}` : result)
      }
      case SEND: {
        kept.push(String(call.params[0]))
        const reply = chance(traits.holdsBack) ? null : await truth()
        if (chance(traits.refuses))
          return { jsonrpc: '2.0', id: call.id, error: { code: -32000, message: pick(...REFUSALS) } }
        return reply?.result ? reply : ok(`0x${'00'.repeat(32)}`)
      }
      case 'eth_getBlockByNumber': {
        const reply = await truth()
        if (!traits.renames || call.params[0] !== '0x0') return reply
        return ok({ ...(reply.result as object), hash: `0x${'6e'.repeat(32)}` })
      }
      case 'eth_getTransactionByHash':
        return chance(traits.hides) ? ok(null) : truth()
      case 'eth_getTransactionReceipt': {
        const reply = await truth()
        if (reply.result) return chance(traits.hides) ? ok(null) : reply
        return chance(traits.includes) ? ok(await madeUp(call, exchange)) : reply
      }
      default:
        return truth()
    }
  }

  /** A receipt that names a block there is. */
  async function madeUp({ params }: Call, exchange: Exchange) {
    const [latest] = await exchange.ask([
      { jsonrpc: '2.0', id: 1, method: 'eth_getBlockByNumber', params: ['latest', false] },
    ])
    const { number, hash } = (latest as Reply).result as { readonly number: string; readonly hash: string }
    return {
      transactionHash: params[0],
      blockNumber: number,
      blockHash: hash,
      status: traits.reverts ? '0x0' : '0x1',
      gasUsed: '0x5208',
      effectiveGasPrice: '0x1',
      contractAddress: null,
    }
  }

  return {
    kept,
    traits,
    async behave(exchange) {
      if (exchange.asks(SEND) && chance(traits.saysNothing)) {
        for (const call of exchange.calls) await answerTo(call, exchange, false)
        return exchange.drop()
      }
      const inflated = chance(traits.inflates)
      const replies: Reply[] = []
      for (const call of exchange.calls) replies.push(await answerTo(call, exchange, inflated))
      exchange.reply(replies)
    },
  }
}

const REFUSALS = ['nonce too low', 'insufficient funds for gas', 'already known', 'replacement transaction underpriced']
