/** Turns a node's answer to an RPC into its value, or into words for why there is none. */
import { quoteHeard } from '../../base/quote-heard.js'
import type { RpcAnswer } from '../../peer/node-probe.js'

/** For each thing that may be met; that of `error` is followed by what the peer said. */
type Words = Readonly<Record<'error' | Extract<RpcAnswer, { kind: 'none' }>['why'], string>>

export function answerOrProblem(
  answer: RpcAnswer,
  words: Words,
): { readonly value: unknown } | { readonly problem: string } {
  if (answer.kind === 'ok') return { value: answer.value }
  return { problem: answer.kind === 'error' ? `${words.error} ${quoteHeard(answer.message)}` : words[answer.why] }
}
