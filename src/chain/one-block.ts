/**
 * Asks one provider for several things as one block shows them, in one round trip: head, state, head. Where the head
 * moved in between, the state is asked again by the new head's number (docs/dev/never.md 2).
 */

import { monotonicMs } from '../base/monotonic-ms.js'
import { WcnError } from '../errors/wcn-error.js'
import { sawHead } from './block-beat.js'
import { type Block, block, smallQuantity, toQuantity } from './quantity.js'
import { type JsonRpc, type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
import { meaningOf } from './rpc/provider-answers.js'

const ATTEMPTS = 5
const BLOCK = 'eth_getBlockByNumber'
/** So long a block may be on its way from one provider, or from one of its servers, to the next. */
const ARRIVES_MS = 6000
const POLL_MS = 250

export interface Question<T> extends RpcRequest {
  /** What it is about, to people. */
  readonly title: string
  /**
   * How the answers of several providers become one: they have to be the same, or one of them is taken. `backed`: the
   * highest number that more providers reach than may be wrong.
   */
  readonly merge: 'same' | 'backed' | 'median'
  /** What an answer says, as JSON or a whole number. Throws RPC_ERROR for what is no answer. */
  readonly read: (reply: RpcReply | undefined, host: string) => T
}

/** What to ask at a block, which is given by its tag. */
export type Questions<T> = (tag: string) => { readonly [K in keyof T]: Question<T[K]> }

export interface AtOneBlock<T> {
  readonly at: Block
  readonly said: T
  /** Who said so, to people. */
  readonly host: string
}

/**
 * What a provider says at one block, the latest or the one given, with that block. Throws WRONG_CHAIN before anything
 * else is looked at.
 */
export async function askAtOneBlock<T extends object>(
  rpc: JsonRpc,
  chainId: number,
  questions: Questions<T>,
  atBlock: number | undefined,
): Promise<AtOneBlock<T>> {
  let tag = atBlock === undefined ? 'latest' : toQuantity(atBlock)
  const look = async () => {
    const asked = Object.entries<Question<unknown>>(questions(tag))
    const head = { method: BLOCK, params: [tag, false] }
    const requests = [{ method: 'eth_chainId', params: [] }, head, ...asked.map(([, question]) => question), head]
    const [id, before, ...rest] = await rpc.send(requests)
    requireChain(smallQuantity(resultOf(id, 'eth_chainId', rpc.host), 'chain ID'), chainId, rpc.host)
    const [state, after] = [rest.slice(0, -1), rest.at(-1)]
    const isWithoutState = state.some((reply, index) => asked[index]?.[1].params.includes(tag) && isNotThereYet(reply))
    // The state of that very block is what is waited for.
    if (isWithoutState && tag === 'latest' && after?.ok) tag = toQuantity(block(after.result).number)
    const read = () => asked.map(([name, question], index) => [name, question.read(state[index], rpc.host)])
    return { tag, heads: [before, after], read, isWithoutState }
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { heads, read, isWithoutState } = await untilThere(
      look,
      (found) => found.isWithoutState || (found.tag !== 'latest' && found.heads.some(isNotThereYet)),
    )
    if (tag !== 'latest' && heads.some(isNotThereYet)) throw lacks(rpc.host, Number(tag))
    const [first, last] = heads.map((reply) => block(resultOf(reply, BLOCK, rpc.host)))
    if (last && tag === 'latest') sawHead(rpc, last)
    if (isWithoutState) throw lacks(rpc.host, Number(tag), 'the state of ')
    if (first && first.hash === last?.hash) {
      if (atBlock !== undefined && first.number !== atBlock) throw lacks(rpc.host, atBlock)
      return { at: first, said: Object.fromEntries(read()), host: rpc.host }
    }
    if (last) tag = toQuantity(last.number)
  }
  throw new WcnError('NETWORK', `the RPC provider ${rpc.host} answers from another block each time`, {
    hint: 'try again, or use another provider with --rpc-url',
    details: { host: rpc.host },
  })
}

function lacks(host: string, number: number, part = ''): WcnError {
  return new WcnError('RPC_ERROR', `the RPC provider ${host} does not have ${part}block ${number}`, {
    hint: 'try again in a moment: it may lag',
    details: { host, block: number },
  })
}

function requireChain(actual: number, expected: number, host: string): void {
  if (actual === expected) return
  throw new WcnError(
    'WRONG_CHAIN',
    `the RPC provider ${host} serves chain ${actual}, but chain ${expected} is expected`,
    {
      hint: `use a provider of chain ${expected}, or set --chain-id ${actual} if that is the chain you mean`,
      details: { expected, actual },
    },
  )
}

/** Where null is no answer to what was asked. What is gone for good ("missing trie node") is an answer. */
export function isNotThereYet(reply: RpcReply | undefined): boolean {
  return reply?.ok ? reply.result === null : reply !== undefined && meaningOf(reply.error) === 'not-there-yet'
}

/**
 * Asks again where the server that was asked does not have a block, or its state, yet: a provider's next one may, or the
 * same one in a moment. Gives the last answer. `ask` ends with the deadline, as every request does.
 */
export async function untilThere<T>(ask: () => Promise<T>, isMissing: (answer: T) => boolean): Promise<T> {
  const since = monotonicMs()
  for (;;) {
    const answer = await ask()
    if (!isMissing(answer) || monotonicMs() - since > ARRIVES_MS) return answer
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
