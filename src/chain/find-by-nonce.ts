/** Finds the transaction that took an account's nonce: first its block, by the account's nonce at blocks in between. */
import type { Hex } from '../base/hex.js'
import type { Followed } from './look.js'
import { hash, quantity, record, smallQuantity, toQuantity } from './quantity.js'
import type { JsonRpc } from './rpc/json-rpc.js'
import { resultOf } from './rpc/json-rpc.js'

/** Blocks asked about in one request: two round trips for an hour of blocks, and nine for all of a chain's life. */
const PROBES = 8
const ROUNDS = 16

/**
 * Looks in the blocks from `since` up to `until`, and before them where a reorganisation moved it there. Null where it
 * can't be found, such as where the provider no longer has the state of old blocks. Throws WcnError.
 */
export async function findByNonce(
  rpc: JsonRpc,
  transaction: Pick<Followed, 'from' | 'nonce'>,
  since: number,
  until: number,
): Promise<Hex | null> {
  if (since > until) return null
  const recent = await findBlock(rpc, transaction, since - 1, until)
  const at = recent === since ? await findBlock(rpc, transaction, -1, since) : recent
  return at === null ? null : findInBlock(rpc, transaction, at)
}

/** The first block in which the nonce is used, given blocks in which it is not, and is. */
async function findBlock(
  rpc: JsonRpc,
  { from, nonce }: Pick<Followed, 'from' | 'nonce'>,
  free: number,
  used: number,
): Promise<number | null> {
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

async function findInBlock(
  rpc: JsonRpc,
  { from, nonce }: Pick<Followed, 'from' | 'nonce'>,
  number: number,
): Promise<Hex | null> {
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
