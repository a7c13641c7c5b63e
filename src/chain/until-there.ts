/**
 * Asks again where the server that was asked does not have a block, or its state, yet: a provider's next one may, or the
 * same one in a moment. What is gone for good ("missing trie node") is an answer.
 */
import type { RpcReply } from './rpc/json-rpc.js'
import { meaningOf } from './rpc/provider-answers.js'

/** So long a block may be on its way from one provider, or from one of its servers, to the next. */
const ARRIVES_MS = 6000
const POLL_MS = 250

/** Where null is no answer to what was asked. */
export function isNotThereYet(reply: RpcReply | undefined): boolean {
  return reply?.ok ? reply.result === null : reply !== undefined && meaningOf(reply.error) === 'not-there-yet'
}

/** The last answer where it was missing each time. `ask` ends with the deadline, as every request does. */
export async function untilThere<T>(ask: () => Promise<T>, isMissing: (answer: T) => boolean): Promise<T> {
  const since = performance.now()
  for (;;) {
    const answer = await ask()
    if (!isMissing(answer) || performance.now() - since > ARRIVES_MS) return answer
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
