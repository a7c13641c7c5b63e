/** Why an included transaction failed: it is replayed on the state its block left, in which its obstacle still is as a rule. */
import type { Address } from '../../core/address.js'
import type { TransactionRequest } from '../../core/ports/transaction.js'
import { isRevert } from './provider-answers.js'
import type { Providers } from './providers.js'
import { toQuantity } from './quantity.js'
import { revertReason } from './revert-errors.js'
import { callObject } from './transactions.js'

/** The first provider that can replay it tells. Never throws: the transaction's end is known without it. */
export async function explainRevert(
  { all }: Providers,
  transaction: TransactionRequest,
  from: Address,
  atBlock: number,
): Promise<string> {
  const request = { method: 'eth_call', params: [callObject(from, transaction), toQuantity(atBlock)] }
  for (const rpc of all) {
    const [reply] = await rpc.send([request]).catch(() => [])
    if (reply?.ok === false && isRevert(reply.error)) return revertReason(reply.error.data, reply.error.message)
    if (reply?.ok) break
  }
  return 'the reason is not known'
}
