/** A provider that knows nothing of the newest blocks, and one that shows other data than the chain holds. */
import type { Behaviour, Call, Exchange, Reply } from './fault-proxy.js'

const TAGS = new Set(['latest', 'pending', 'safe', 'finalized'])
/** Which parameter says at what block. */
const BLOCK_PARAMETER: Readonly<Record<string, number>> = {
  eth_getBlockByNumber: 0,
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
}
/** Whose answers say in which block they are. */
const DATED = new Set([
  'eth_getBlockByNumber',
  'eth_getBlockByHash',
  'eth_getTransactionReceipt',
  'eth_getTransactionByHash',
])

/** Answers as if the last `blocks` blocks had not been heard of; what is sent goes on to the chain. */
export function behindBy(blocks: number): Behaviour {
  return async (exchange) => {
    const [now] = await exchange.ask([call('eth_blockNumber', [])])
    const head = Number(now?.result) - blocks
    const unheard = await blocksAbove(head, exchange)
    const replies = await exchange.ask(exchange.calls.map((one) => asOf(one, head, unheard)))
    const byId = new Map(replies.map((one) => [one.id, one]))
    exchange.reply(exchange.calls.map((one) => withoutFuture(one, byId.get(one.id), head)))
  }
}

/** Hashes that a request names by EIP-1898 and that belong to blocks above the head. */
async function blocksAbove(head: number, { calls, ask }: Exchange): Promise<ReadonlySet<string>> {
  const named = calls.flatMap(({ params }) => params.flatMap((value) => blockHash(value) ?? []))
  if (named.length === 0) return new Set()
  const blocks = await ask(named.map((hash, id) => ({ ...call('eth_getBlockByHash', [hash, false]), id })))
  const numbers = new Map(blocks.map(({ id, result }) => [id, (result as { readonly number: string } | null)?.number]))
  return new Set(named.filter((_, id) => Number(numbers.get(id) ?? 0) > head))
}

function blockHash(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (value as { readonly blockHash?: string }).blockHash : undefined
}

function asOf(one: Call, head: number, unheard: ReadonlySet<string>): Call {
  if (one.method === 'eth_blockNumber') return { ...one, method: 'eth_getBlockByNumber', params: [hex(head), false] }
  if (one.method === 'eth_getLogs') return { ...one, params: [clampLogs(one.params[0], head)] }
  const at = BLOCK_PARAMETER[one.method]
  if (at === undefined) return one
  const params = [...one.params]
  const asked = params[at]
  if (asked === undefined || TAGS.has(String(asked))) params[at] = hex(head)
  // No chain has this one.
  else if (unheard.has(blockHash(asked) ?? '')) params[at] = { blockHash: `0x${'f'.repeat(64)}` }
  else if (typeof asked === 'string' && Number(asked) > head) params[at] = '0xffffffff'
  return { ...one, params }
}

function clampLogs(filter: unknown, head: number): unknown {
  const { toBlock = 'latest', ...rest } = filter as { readonly toBlock?: string }
  return { ...rest, toBlock: TAGS.has(toBlock) || Number(toBlock) > head ? hex(head) : toBlock }
}

function withoutFuture({ method, id }: Call, reply: Reply | undefined, head: number): Reply {
  if (!reply) throw new Error(`the chain left ${method} without an answer`)
  if (method === 'eth_blockNumber') return { jsonrpc: '2.0', id, result: hex(head) }
  if (!DATED.has(method) || typeof reply.result !== 'object' || reply.result === null) return reply
  const { number, blockNumber } = reply.result as { readonly number?: string; readonly blockNumber?: string }
  return Number(number ?? blockNumber ?? 0) > head ? { jsonrpc: '2.0', id, result: null } : reply
}

/** Gives out `shown` wherever the chain answers with `stored`: both hex digits, of one length. */
export function showing(shown: string, stored: string): Behaviour {
  if (shown.length !== stored.length || shown === stored) throw new Error('a lie has the length of the truth')
  return async (exchange) => exchange.answer((await exchange.deliver()).replaceAll(stored, shown))
}

const call = (method: string, params: readonly unknown[]): Call => ({ jsonrpc: '2.0', id: 0, method, params })
const hex = (number: number): string => `0x${Math.max(0, number).toString(16)}`
