/**
 * Sends signed bytes and finds out what became of them. How a transaction ended is decided by its hash and its
 * nonce, never by the class of an error: a provider that failed may have delivered it (design/reliability.md 1).
 */
import { type Address, parseAddress } from '../../core/address.js'
import type { Clock, Receipt, SignedTransaction, TransactionOutcome } from '../../core/ports.js'
import type { JsonRpc, RpcReply } from './json-rpc.js'
import { block, hash, quantity, record, smallQuantity } from './quantity.js'

// Often enough not to add much to a block time of 2 s, seldom enough not to annoy a paid provider.
const POLL_MS = 250
/**
 * So many looks in a row must agree that the nonce is used by something else, or that nobody knows the transaction: what
 * one server of a provider knows, the next one may learn a moment later, receipts last.
 */
const LOOKS_UNTIL_SURE = 4

export async function submitTransaction(
  rpc: JsonRpc,
  clock: Clock,
  transaction: SignedTransaction,
  timeoutMs: number,
): Promise<TransactionOutcome> {
  const startedAt = clock.now()
  const sent = await broadcast(rpc, transaction)
  let trouble = sent.failure ?? `no block includes it after ${timeoutMs / 1000} s`
  let usedByAnother = 0
  let unheardOf = 0
  // Answers take time as well as pauses; where the clock stands still, the pauses alone end it.
  const timeIsLeft = (waitedMs: number) => Math.max(waitedMs, (clock.now() - startedAt) * 1000) <= timeoutMs
  for (let waitedMs = 0; timeIsLeft(waitedMs); waitedMs += POLL_MS) {
    try {
      const seen = await look(rpc, transaction)
      if (seen.receipt) return seen.receipt
      usedByAnother = seen.nonceUsed ? usedByAnother + 1 : 0
      unheardOf = seen.known || seen.nonceUsed ? 0 : unheardOf + 1
      if (usedByAnother >= LOOKS_UNTIL_SURE) return { kind: 'replaced' }
      if (sent.refusal !== null && unheardOf >= LOOKS_UNTIL_SURE) return { kind: 'rejected', reason: sent.refusal }
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error)
    }
    await clock.sleep(POLL_MS)
  }
  return { kind: 'unknown', reason: trouble }
}

interface Sent {
  /** The provider's own words for why it did not take it; null where it did, or where no answer came. */
  readonly refusal: string | null
  readonly failure: string | null
}

async function broadcast(rpc: JsonRpc, { raw }: SignedTransaction): Promise<Sent> {
  try {
    const [reply] = await rpc.send([{ method: 'eth_sendRawTransaction', params: [raw] }])
    return { refusal: reply?.ok === false ? reply.error.message : null, failure: null }
  } catch (error) {
    return { refusal: null, failure: error instanceof Error ? error.message : String(error) }
  }
}

async function look(rpc: JsonRpc, { hash: txHash, from, nonce }: SignedTransaction) {
  const [receipt, count, known, head] = await rpc.send([
    { method: 'eth_getTransactionReceipt', params: [txHash] },
    { method: 'eth_getTransactionCount', params: [from, 'latest'] },
    { method: 'eth_getTransactionByHash', params: [txHash] },
    { method: 'eth_getBlockByNumber', params: ['latest', false] },
  ])
  const outcome = receipt?.ok && receipt.result !== null ? settled(receipt.result) : null
  return {
    receipt: outcome && !isProvisional(outcome.receipt, head) ? outcome : null,
    nonceUsed: count?.ok === true && smallQuantity(count.result, 'nonce') > nonce,
    known: known?.ok !== true || known.result !== null,
  }
}

/**
 * OP Mainnet's providers show receipts of blocks that are still being built and may never be: such a block lies above
 * the head, or has another hash than the head of its number.
 */
function isProvisional({ block: included }: Receipt, head: RpcReply | undefined): boolean {
  if (!head?.ok) return false
  const latest = block(head.result)
  return included.number > latest.number || (included.number === latest.number && included.hash !== latest.hash)
}

interface Settled {
  readonly kind: 'included' | 'reverted'
  readonly receipt: Receipt
}

function settled(value: unknown): Settled {
  const receipt = parseReceipt(value)
  return quantity(record(value, 'receipt').status, 'receipt status') === 1n
    ? { kind: 'included', receipt }
    : { kind: 'reverted', receipt }
}

function parseReceipt(value: unknown): Receipt {
  const fields = record(value, 'receipt')
  const gasUsed = quantity(fields.gasUsed, 'gas used')
  const l1FeeWei = fields.l1Fee == null ? 0n : quantity(fields.l1Fee, 'L1 fee')
  return {
    hash: hash(fields.transactionHash, 'transaction hash'),
    block: {
      number: smallQuantity(fields.blockNumber, 'block number'),
      hash: hash(fields.blockHash, 'block hash'),
    },
    gasUsed,
    l1FeeWei,
    feeWei: gasUsed * quantity(fields.effectiveGasPrice, 'gas price') + l1FeeWei,
    contractAddress: createdContract(fields.contractAddress),
  }
}

function createdContract(value: unknown): Address | null {
  return typeof value === 'string' ? parseAddress(value, 'the receipt') : null
}
