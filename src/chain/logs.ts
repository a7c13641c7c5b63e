/** Reads a contract's events out of a range of blocks, within what a provider allows at a time. */
import { isNotThereYet, untilThere } from './one-block.js'
import { toQuantity } from './quantity.js'
import { isMoreThan, LARGEST_ANSWER, moreThan } from './rpc/answer-bounds.js'
import { type JsonRpc, oddAnswer, type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
import { type Meaning, meaningOf } from './rpc/provider-answers.js'

/** Blocks per request: all of them at first, since most providers allow it; free plans of some allow 10. */
export const SPANS: readonly number[] = [Infinity, 10_000, 1000, 100, 10]
/** Asked for together once one such request was answered. */
const TOGETHER = 10
const REQUESTS_AT_MOST = 60
/** Asking for less does not help against these. */
const IN_VAIN: ReadonlySet<Meaning> = new Set(['unsupported', 'lasting', 'pruned', 'not-there-yet'])

interface LogLimits {
  /** No request is for more blocks than this. */
  readonly widest?: number
  readonly requestsAtMost?: number
}

/**
 * Events of a range of blocks, in as many requests as a provider's limits make of it; bounded. From `to` back to `from`, or to
 * where `isEnough` says so of what was found; in the order of the chain, with the first block that they are complete from:
 * one more than `to` where there are none. Without `isEnough` all of them: throws RPC_ERROR for what keeps any back.
 */
export async function readLogsBack(
  rpc: JsonRpc,
  filter: object,
  { from, to }: { readonly from: number; readonly to: number },
  isEnough?: (logs: readonly unknown[]) => boolean,
  { widest = Infinity, requestsAtMost = REQUESTS_AT_MOST }: LogLimits = {},
) {
  let logs: readonly unknown[] = []
  let rest = to
  let requests = 0
  let refusal: RpcReply | undefined
  const found = () => {
    if (!isEnough && rest >= from) {
      if (refusal) resultOf(refusal, 'eth_getLogs', rpc.host)
      throw oddAnswer(rpc.host, refusal ? 'something else than events' : 'events of too few blocks at once')
    }
    return { logs, from: rest + 1 }
  }
  for (const [index, span] of SPANS.entries()) {
    // The same would be asked once more.
    if (span > widest || (index > 0 && span < widest && span > rest - from)) continue
    if (!isEnough && requests + (rest - from) / span > requestsAtMost) break
    for (let width = 1; rest >= from; width = TOGETHER) {
      const ranges = rangesBack(from, rest, span).slice(0, Math.min(width, requestsAtMost - requests))
      if (ranges.length === 0) return found()
      requests += ranges.length
      const replies = await untilThere(
        () =>
          ask(
            rpc,
            ranges.map((range) => ({ method: 'eth_getLogs', params: [{ ...filter, ...range.asked }] })),
          ),
        (all) => all.some(isNotThereYet),
      )
      refusal = undefined
      for (const [place, range] of ranges.entries()) {
        const reply = replies[place]
        if (!reply?.ok || !Array.isArray(reply.result)) {
          refusal = reply ?? { ok: false, error: { code: 0, message: 'no reply' } }
          break
        }
        logs = [...reply.result, ...logs]
        rest = range.start - 1
        if (isEnough?.(reply.result)) return found()
      }
      if (refusal) break
    }
    if (!refusal || (!refusal.ok && IN_VAIN.has(meaningOf(refusal.error)))) break
  }
  return found()
}

/** An answer beyond all bounds is as good as a refusal: fewer blocks have fewer events. */
async function ask(rpc: JsonRpc, requests: readonly RpcRequest[]): Promise<readonly RpcReply[]> {
  try {
    return await rpc.send(requests)
  } catch (error) {
    if (!isMoreThan(error)) throw error
    return requests.map(() => ({ ok: false, error: { code: 0, message: moreThan(LARGEST_ANSWER) } }))
  }
}

function rangesBack(from: number, to: number, span: number) {
  const count = span === Infinity ? 1 : Math.min(TOGETHER, Math.ceil((to - from + 1) / span))
  return Array.from({ length: count }, (_, index) => {
    const last = span === Infinity ? to : to - index * span
    const start = Math.max(from, last - span + 1)
    return { start, asked: { fromBlock: toQuantity(start), toBlock: toQuantity(last) } }
  })
}
