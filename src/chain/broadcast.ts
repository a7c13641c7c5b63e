/** Sends signed bytes to every provider. What came back decides nothing: they may have arrived whatever it says. */

import { askEach } from './ask-each.js'
import { leaveOutFailed } from './disagreement.js'
import type { Providers } from './providers.js'
import { type JsonRpc, oddAnswer, providerWords, reasonOf, unreachable } from './rpc/json-rpc.js'
import { meaningOf } from './rpc/provider-answers.js'
import type { Broadcast, SignedTransaction } from './transaction.js'

/** Never throws. */
export async function broadcast(providers: Providers, transaction: SignedTransaction): Promise<Broadcast> {
  const { given, failures } = await askEach(providers.all, providers.quorum, (rpc) => send(rpc, transaction))
  if (given.length >= providers.quorum) leaveOutFailed(providers, failures)
  const refusals = given.flatMap(({ rpc, value }) => (value === null ? [] : [{ host: rpc.host, words: value }]))
  return {
    accepted: refusals.length < given.length,
    refusals: refusals.map(({ host, words }) => (providers.all.length === 1 ? words : `${host}: ${words}`)),
    failures: failures.map(({ value }) => reasonOf(value)),
  }
}

/** Null where the provider took it, else its own words for why it did not; throws where it is its own trouble. */
async function send(rpc: JsonRpc, { raw, hash }: SignedTransaction): Promise<string | null> {
  const [reply] = await rpc.send([{ method: 'eth_sendRawTransaction', params: [raw] }])
  if (!reply) throw unreachable(rpc.host, 'no reply')
  if (!reply.ok) {
    const words = providerWords(reply.error.message)
    // Its own trouble may have come after it passed the transaction on; who wants fewer requests may take it later.
    if (['passing', 'rate-limited'].includes(meaningOf(reply.error))) throw unreachable(rpc.host, words)
    return words
  }
  if (typeof reply.result !== 'string' || reply.result.toLowerCase() !== hash.toLowerCase())
    throw oddAnswer(rpc.host, "something else than the transaction's hash")
  return null
}
