/** What one provider shows of a transaction right now. */
import type { Hex } from '../base/hex.js'
import type { BlockRef } from './block-ref.js'
import { block, hash, smallQuantity, toQuantity } from './quantity.js'
import { parseReceipt, type Settled } from './receipt.js'
import { type JsonRpc, oddAnswer, type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
import type { Finality, SignedTransaction } from './transaction.js'

export type Followed = Omit<SignedTransaction, 'raw'>

/** `isFinal`: in a block that is as final as asked for. */
export type Sighting =
  | (Settled & { readonly isFinal: boolean })
  /** Its block is still being built and may never be. */
  | { readonly kind: 'provisional' }
  /** Its nonce is used in a block up to `head`, and there is no receipt of it. `known`: it is, or that can't be told. */
  | { readonly kind: 'nonce-used'; readonly head: number; readonly known: boolean; readonly isFinal: boolean }
  | { readonly kind: 'waiting' }
  /** Not known, and its nonce is free. */
  | { readonly kind: 'absent' }

/** Throws WcnError where a part of the answer that matters is missing or malformed: nothing follows from the rest then. */
export async function look(
  rpc: JsonRpc,
  transaction: Followed,
  finality: Finality,
  chainId: number,
): Promise<Sighting> {
  const { hash, from, nonce } = transaction
  const countAt = (tag: string): RpcRequest => ({ method: 'eth_getTransactionCount', params: [from, tag] })
  const [receipt, count, known, head, finalHead, finalCount] = await rpc.send([
    { method: 'eth_getTransactionReceipt', params: [hash] },
    countAt('latest'),
    { method: 'eth_getTransactionByHash', params: [hash] },
    blockAt('latest'),
    ...(finality === 'included' ? [] : [blockAt(finality), countAt(finality)]),
  ])
  const latest = block(resultOf(head, 'eth_getBlockByNumber', rpc.host))
  const shown = resultOf(receipt, 'eth_getTransactionReceipt', rpc.host)
  if (shown !== null) {
    const settled = parseReceipt(shown, chainId)
    if (settled.receipt.hash !== hash.toLowerCase()) throw oddAnswer(rpc.host, "another transaction's receipt")
    const place = await placeOf(rpc, settled.receipt.block, latest)
    if (place === 'provisional') return { kind: 'provisional' }
    if (place === 'canonical')
      return { ...settled, isFinal: finality === 'included' || settled.receipt.block.number <= numberOf(finalHead) }
  }
  const usedAt = (reply: RpcReply | undefined) =>
    smallQuantity(resultOf(reply, 'eth_getTransactionCount', rpc.host), 'nonce') > nonce
  if (usedAt(count))
    return {
      kind: 'nonce-used',
      head: latest.number,
      known: !known?.ok || known.result !== null,
      isFinal: finality === 'included' || (finalCount?.ok === true && usedAt(finalCount)),
    }
  return { kind: resultOf(known, 'eth_getTransactionByHash', rpc.host) === null ? 'absent' : 'waiting' }
}

function blockAt(tag: string): RpcRequest {
  return { method: 'eth_getBlockByNumber', params: [tag, false] }
}

/**
 * OP Mainnet's providers show receipts of blocks that are still being built and may never be: such a block lies above
 * the head, or has another hash than the head of its number. Further down the chain only knows its own blocks.
 */
async function placeOf(
  rpc: JsonRpc,
  included: BlockRef,
  latest: BlockRef,
): Promise<'canonical' | 'provisional' | 'orphaned'> {
  if (included.number > latest.number) return 'provisional'
  if (included.number === latest.number) return isHash(latest.hash, included.hash) ? 'canonical' : 'provisional'
  const [reply] = await rpc.send([blockAt(toQuantity(included.number))])
  const found = resultOf(reply, 'eth_getBlockByNumber', rpc.host)
  return found !== null && isHash(block(found).hash, included.hash) ? 'canonical' : 'orphaned'
}

function isHash(value: Hex, wanted: Hex): boolean {
  return hash(value, 'block hash') === wanted
}

/** Before a chain has such a block, providers answer with an error or null. */
function numberOf(reply: RpcReply | undefined): number {
  return reply?.ok && reply.result !== null ? block(reply.result).number : -1
}
