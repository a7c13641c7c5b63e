/** Sends signed bytes to every provider. What came back decides nothing: they may have arrived whatever it says. */
import type { Broadcast, SignedTransaction } from '../../core/ports/transaction.js'
import { askEach } from './ask-each.js'
import { type JsonRpc, unreachable } from './json-rpc.js'
import { oddAnswer, providerWords, reasonOf } from './provider-words.js'
import type { Providers } from './providers.js'

/** Never throws. */
export async function broadcast(providers: Providers, transaction: SignedTransaction): Promise<Broadcast> {
  const { given, failures } = await askEach(providers.all, providers.quorum, (rpc) => send(rpc, transaction))
  const refusals = given.flatMap(({ rpc, value }) => (value === null ? [] : [{ host: rpc.host, words: value }]))
  return {
    accepted: refusals.length < given.length,
    refusals: refusals.map(({ host, words }) => (providers.all.length === 1 ? words : `${host}: ${words}`)),
    failures: failures.map(({ value }) => reasonOf(value)),
  }
}

/** JSON-RPC 2.0's code for a fault of the server's own; it may have come after the transaction was passed on. */
const INTERNAL_ERROR = -32603
const OWN_TROUBLE = /time|upstream|gateway|internal|unavailable|overload|temporar|try again/i

/** Null where the provider took it, else its own words for why it did not; throws where it is its own trouble. */
async function send(rpc: JsonRpc, { raw, hash }: SignedTransaction): Promise<string | null> {
  const [reply] = await rpc.send([{ method: 'eth_sendRawTransaction', params: [raw] }])
  if (!reply) throw unreachable(rpc.host, 'no reply')
  if (!reply.ok) {
    const { code, message } = reply.error
    if (code === INTERNAL_ERROR || OWN_TROUBLE.test(message)) throw unreachable(rpc.host, providerWords(message))
    return providerWords(message)
  }
  if (typeof reply.result !== 'string' || reply.result.toLowerCase() !== hash.toLowerCase())
    throw oddAnswer(rpc.host, "something else than the transaction's hash")
  return null
}
