/** Why an included transaction failed: it is replayed on the state its block left, in which its obstacle still is as a rule. */
import type { Address } from '../base/address.js'
import { askEach, largestGroup } from './ask-each.js'
import { revertReason } from './contract/revert-errors.js'
import { isNotThereYet, untilThere } from './one-block.js'
import type { Providers } from './providers.js'
import { toQuantity } from './quantity.js'
import { callObject } from './raw-transactions.js'
import { isRevert } from './rpc/provider-answers.js'
import type { TransactionRequest } from './transaction.js'

const UNKNOWN = 'the reason is not known'

/** As most of those say that can replay it. Never throws: the transaction's end is known without it. */
export async function explainRevert(
  { all, quorum }: Providers,
  transaction: TransactionRequest,
  from: Address,
  atBlock: number,
): Promise<string> {
  const request = { method: 'eth_call', params: [callObject(from, transaction), toQuantity(atBlock)] }
  const { given } = await askEach(all, quorum, async (rpc) => {
    const [reply] = await untilThere(
      () => rpc.send([request]),
      ([reply]) => isNotThereYet(reply),
    )
    if (reply?.ok) return UNKNOWN
    return reply && isRevert(reply.error) ? revertReason(reply.error.data, reply.error.message) : null
  })
  const [reason] = largestGroup(
    given.flatMap(({ value }) => value ?? []),
    (words) => words,
  )
  return reason ?? UNKNOWN
}
