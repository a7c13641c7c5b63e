/** Asks one provider what it shows of a transaction right now, and which other transaction took its nonce. */
import { OP_MAINNET } from '../base/chain-ids.js'
import type { Hex } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { sawHead } from './block-beat.js'
import { ABSURD_WEI, block, hash, quantity, record, smallQuantity, toQuantity } from './quantity.js'
import { type JsonRpc, oddAnswer, type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
import { sendTogether } from './rpc/send-together.js'
import type { BlockRef, Finality, Receipt, SignedTransaction } from './transaction.js'

/** Blocks asked about in one request: two round trips for an hour of blocks, and nine for all of a chain's life. */
const PROBES = 8
const ROUNDS = 16

export type Followed = Omit<SignedTransaction, 'raw'>

/** `isFinal`: in a block that is as final as asked for. */
export type Sighting =
  | { readonly kind: 'included' | 'reverted'; readonly receipt: Receipt; readonly isFinal: boolean }
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
  const [receipt, count, known, head, finalHead, finalCount] = await sendTogether(rpc, [
    { method: 'eth_getTransactionReceipt', params: [hash] },
    countAt('latest'),
    { method: 'eth_getTransactionByHash', params: [hash] },
    blockAt('latest'),
    ...(finality === 'included' ? [] : [blockAt(finality), countAt(finality)]),
  ])
  const latest = block(resultOf(head, 'eth_getBlockByNumber', rpc.host))
  sawHead(rpc, latest)
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
  const [reply] = await sendTogether(rpc, [blockAt(toQuantity(included.number))])
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

/** How it ended must be there. What it cost may be missing or garbled: that is not known then. Throws RPC_ERROR. */
function parseReceipt(value: unknown, chainId: number) {
  const fields = record(value, 'receipt')
  const gasUsed = known(fields.gasUsed)
  const l1FeeWei = fields.l1Fee == null && chainId !== OP_MAINNET ? 0n : known(fields.l1Fee)
  const price = known(fields.effectiveGasPrice)
  const operatorFeeWei = gasUsed === null ? null : operatorFee(fields, gasUsed)
  const isKnown = gasUsed !== null && price !== null && l1FeeWei !== null && operatorFeeWei !== null
  const receipt: Receipt = {
    hash: hash(fields.transactionHash, 'transaction hash'),
    block: {
      number: smallQuantity(fields.blockNumber, 'block number'),
      hash: hash(fields.blockHash, 'block hash'),
    },
    gasUsed,
    l1FeeWei,
    feeWei: isKnown ? gasUsed * price + l1FeeWei + operatorFeeWei : null,
  }
  const status = quantity(fields.status, 'receipt status')
  if (status > 1n) throw new WcnError('RPC_ERROR', `the RPC provider answered with receipt status ${status}`)
  return { kind: status === 1n ? ('included' as const) : ('reverted' as const), receipt }
}

function known(value: unknown): bigint | null {
  const said = typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value) ? BigInt(value) : null
  return said !== null && said < ABSURD_WEI ? said : null
}

/**
 * The OP Stack's fee for whoever runs the chain, from Isthmus on: gas × scalar ÷ 1 000 000 + constant; from Jovian on, whose
 * receipts have a further field, gas × scalar × 100 + constant.
 */
function operatorFee(fields: Readonly<Record<string, unknown>>, gasUsed: bigint): bigint | null {
  const [scalar, constant] = [fields.operatorFeeScalar, fields.operatorFeeConstant].map((value) =>
    value == null ? 0n : known(value),
  )
  if (scalar == null || constant == null) return null
  const isJovian = fields.daFootprintGasScalar != null
  return (isJovian ? gasUsed * scalar * 100n : (gasUsed * scalar) / 1_000_000n) + constant
}

/**
 * Finds the transaction that took an account's nonce: first its block, by the account's nonce at blocks in between. Looks in
 * the blocks from `since` up to `until`, and before them where a reorganisation moved it there. Null where it
 * can't be found, such as where the provider no longer has the state of old blocks. Throws WcnError.
 */
export async function findByNonce(
  rpc: JsonRpc,
  transaction: Followed,
  since: number,
  until: number,
): Promise<Hex | null> {
  if (since > until) return null
  const recent = await findBlock(rpc, transaction, since - 1, until)
  const at = recent === since ? await findBlock(rpc, transaction, -1, since) : recent
  return at === null ? null : findInBlock(rpc, transaction, at)
}

/** The first block in which the nonce is used, given blocks in which it is not, and is. */
async function findBlock(rpc: JsonRpc, { from, nonce }: Followed, free: number, used: number): Promise<number | null> {
  for (let round = 0; used - free > 1; round++) {
    if (round === ROUNDS) return null
    const points = pointsBetween(free, used)
    const replies = await rpc.send(
      points.map((point) => ({ method: 'eth_getTransactionCount', params: [from, toQuantity(point)] })),
    )
    const before = [free, used]
    for (const [index, point] of points.entries()) {
      const reply = replies[index]
      if (!reply?.ok || point >= used) continue
      if (smallQuantity(reply.result, 'nonce') > nonce) used = point
      else free = point
    }
    if (before[0] === free && before[1] === used) return null
  }
  return used
}

/** Evenly spread; the lowest is always among them. */
function pointsBetween(free: number, used: number): readonly number[] {
  const inside = used - free - 1
  const count = Math.min(PROBES, inside)
  return Array.from({ length: count }, (_, index) => free + 1 + Math.floor((index * inside) / count))
}

async function findInBlock(rpc: JsonRpc, { from, nonce }: Followed, number: number): Promise<Hex | null> {
  const [reply] = await rpc.send([{ method: 'eth_getBlockByNumber', params: [toQuantity(number), true] }])
  const { transactions } = record(resultOf(reply, 'eth_getBlockByNumber', rpc.host), 'block')
  if (!Array.isArray(transactions)) return null
  for (const entry of transactions) {
    const fields = record(entry, 'transaction')
    if (typeof fields.from !== 'string' || fields.from.toLowerCase() !== from) continue
    if (quantity(fields.nonce, 'nonce') === BigInt(nonce)) return hash(fields.hash, 'transaction hash')
  }
  return null
}
