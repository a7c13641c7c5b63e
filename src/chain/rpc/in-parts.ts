/** Asks for less at once where a provider refuses that much: in ever smaller batches, in the end one by one. */
import { providerWords, type RpcReply, type RpcRequest, unreachable } from './json-rpc.js'
import type { Failure } from './link.js'
import { type Meaning, meaningOf } from './provider-answers.js'

/** `replies`: not worth much, but given back where nothing better is to be had. */
type Refusal = Failure & { readonly replies?: readonly RpcReply[] }
export type Outcome = { readonly ok: true; readonly value: readonly RpcReply[] } | Refusal

/** What it finds out about a provider it keeps for the run. The function it gives throws the refusal's error. */
export function inParts<L>(ask: (requests: readonly RpcRequest[], limit: L) => Promise<Outcome>) {
  let most = Infinity

  /** The first part, as large as it may be. */
  const firstPart = async (requests: readonly RpcRequest[], limit: L): Promise<Outcome> => {
    const before = most
    let whole: Refusal | null = null
    for (;;) {
      const part = requests.slice(0, isRepeatable(requests) ? most : 1)
      const outcome = await ask(part, limit)
      if (!outcome.ok && part.length > 1 && mayBeTheSize(outcome)) {
        whole ??= outcome
        most = part.length >> 1
        continue
      }
      if (whole === null || wordsOf(whole) !== wordsOf(outcome)) return outcome
      // It says the same of a single one: the size was not the reason.
      most = before
      return whole
    }
  }

  return async (requests: readonly RpcRequest[], limit: L): Promise<readonly RpcReply[]> => {
    const replies: RpcReply[] = []
    // One part after the other: the caller relies on the order in which state is read.
    while (replies.length < requests.length) {
      const outcome = await firstPart(requests.slice(replies.length), limit)
      const given = outcome.ok ? outcome.value : outcome.replies
      if (!outcome.ok && !given) throw outcome.error
      replies.push(...(given ?? []))
    }
    return replies
  }
}

/** Whether asking twice is the same as asking once. */
export function isRepeatable(requests: readonly RpcRequest[]): boolean {
  return requests.every(({ method }) => method !== 'eth_sendRawTransaction')
}

/** Of the first error among the replies, or of what came in their place; undefined: a good answer. */
function wordsOf(outcome: Outcome): string | undefined {
  const replies = outcome.ok ? outcome.value : outcome.replies
  if (!outcome.ok && !replies) return outcome.error.message
  return replies?.flatMap((reply) => (reply.ok ? [] : [reply.error.message]))[0]
}

function mayBeTheSize({ means }: Failure): boolean {
  return means === 'too-much' || means === 'rate-limited' || means === 'unclear'
}

const REFUSALS: readonly Meaning[] = ['too-much', 'rate-limited', 'passing', 'unclear']

/** Errors that are not about what was asked are the provider's refusal of all of it. */
export function judged(host: string, replies: readonly RpcReply[]): Outcome {
  const errors = replies.flatMap((reply) => (reply.ok ? [] : [reply.error]))
  const [first] = errors
  if (!first) return { ok: true, value: replies }
  const isBatch = replies.length > 1
  const alike = isBatch && errors.length === replies.length && errors.every(({ message }) => message === first.message)
  const about = (means: Meaning) => errors.find((error) => meaningOf(error) === means)
  const means = REFUSALS.find((one) => (one !== 'too-much' || isBatch) && (one !== 'unclear' || alike) && about(one))
  if (!means) return { ok: true, value: replies }
  const words = providerWords(about(means)?.message ?? '')
  return { ok: false, error: unreachable(host, words), means, replies }
}
