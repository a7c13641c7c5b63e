/**
 * Asks one provider for several things as one block shows them, in one round trip: head, state, head. Where the head
 * moved in between, the state is asked again by the new head's number (docs/dev/never.md 2).
 */
import { WcnError } from '../errors/wcn-error.js'
import { type Block, block, smallQuantity, toQuantity } from './quantity.js'
import { type JsonRpc, type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
import { isNotThereYet, untilThere } from './until-there.js'

const ATTEMPTS = 5
const BLOCK = 'eth_getBlockByNumber'

export interface Question extends RpcRequest {
  /** What it is about, to people. */
  readonly title: string
  /**
   * How the answers of several providers become one: they have to be the same, or one of them is taken. `backed`: the
   * highest number that more providers reach than may be wrong.
   */
  readonly merge: 'same' | 'backed' | 'median'
  /**
   * The answer in the one form that all providers' answers are compared in, as JSON; for numbers a quantity, or null
   * where there is none. Throws RPC_ERROR for what is no answer.
   */
  readonly canonical: (reply: RpcReply | undefined, host: string) => unknown
}

/** What to ask at a block, which is given by its tag. */
export type Questions = (tag: string) => readonly Question[]

export interface AtOneBlock {
  readonly at: Block
  readonly replies: readonly RpcReply[]
  /** Who said so, to people. */
  readonly host: string
}

/**
 * Replies that belong to one block, the latest or the one given, with that block. Throws WRONG_CHAIN before anything
 * else is looked at.
 */
export async function askAtOneBlock(
  rpc: JsonRpc,
  chainId: number,
  questions: Questions,
  atBlock: number | undefined,
): Promise<AtOneBlock> {
  let tag = atBlock === undefined ? 'latest' : toQuantity(atBlock)
  const look = async () => {
    const asked = questions(tag)
    const head = { method: BLOCK, params: [tag, false] }
    const [id, before, ...rest] = await rpc.send([{ method: 'eth_chainId', params: [] }, head, ...asked, head])
    requireChain(smallQuantity(resultOf(id, 'eth_chainId', rpc.host), 'chain ID'), chainId, rpc.host)
    const [state, after] = [rest.slice(0, -1), rest.at(-1)]
    const isWithoutState = state.some((reply, index) => asked[index]?.params.includes(tag) && isNotThereYet(reply))
    // The state of that very block is what is waited for.
    if (isWithoutState && tag === 'latest' && after?.ok) tag = toQuantity(block(after.result).number)
    return { tag, heads: [before, after], state, isWithoutState }
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { heads, state, isWithoutState } = await untilThere(
      look,
      (found) => found.isWithoutState || (found.tag !== 'latest' && found.heads.some(isNotThereYet)),
    )
    if (tag !== 'latest' && heads.some(isNotThereYet)) throw lacks(rpc.host, Number(tag))
    const [first, last] = heads.map((reply) => block(resultOf(reply, BLOCK, rpc.host)))
    if (isWithoutState) throw lacks(rpc.host, Number(tag), 'the state of ')
    if (first && first.hash === last?.hash) {
      if (atBlock !== undefined && first.number !== atBlock) throw lacks(rpc.host, atBlock)
      return { at: first, replies: state, host: rpc.host }
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
