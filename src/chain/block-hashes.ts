/** Tells which blocks are the chain's now: what was read out of a block counts only as long as it is one of them. */
import type { Hex } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { askEach } from './ask-each.js'
import { agreeing, leaveOutFailed } from './disagreement.js'
import type { Providers } from './providers.js'
import { block, toQuantity } from './quantity.js'
import { type JsonRpc, oddAnswer, resultOf } from './rpc/json-rpc.js'

const TOGETHER = 100
const METHOD = 'eth_getBlockByNumber'

/** In the order of the numbers; null where there is no such block. Throws NETWORK, RPC_ERROR, PROVIDERS_DISAGREE. */
export async function blockHashes(providers: Providers, numbers: readonly number[]): Promise<readonly (Hex | null)[]> {
  const { given, failures } = await askEach(providers.all, providers.quorum, (rpc) => hashesBy(rpc, numbers))
  const [agreed] = agreeing(
    providers,
    given,
    (hashes) => hashes.join(),
    () => 'shows other blocks than the others',
  )
  if (agreed) {
    leaveOutFailed(providers, failures)
    return agreed.value
  }
  if (failures[0] && given.length < providers.quorum) throw failures[0].value
  throw new WcnError('PROVIDERS_DISAGREE', 'the RPC providers disagree on which blocks are on the chain', {
    hint: 'one of them may lag, or be on another fork: ask fewer with --rpc-quorum',
    details: { hosts: given.map(({ rpc }) => rpc.host) },
  })
}

async function hashesBy(rpc: JsonRpc, numbers: readonly number[]): Promise<readonly (Hex | null)[]> {
  const hashes: (Hex | null)[] = []
  for (let start = 0; start < numbers.length; start += TOGETHER) {
    const some = numbers.slice(start, start + TOGETHER)
    const replies = await rpc.send(some.map((number) => ({ method: METHOD, params: [toQuantity(number), false] })))
    for (const [index, number] of some.entries()) {
      const result = resultOf(replies[index], METHOD, rpc.host)
      const found = result === null ? null : block(result)
      if (found !== null && found.number !== number) throw oddAnswer(rpc.host, 'another block than was asked for')
      hashes.push(found?.hash ?? null)
    }
  }
  return hashes
}
