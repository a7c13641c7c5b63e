/** Says why a call is refused: the contract's errors (docs/dev/network/contract.md) as sentences and next steps. */
import { toFunctionSelector } from 'viem'
import type { Address } from '../base/address.js'
import { WcnError } from '../errors/wcn-error.js'
import { askEach, largestGroup } from './ask-each.js'
import { isNotThereYet, untilThere } from './one-block.js'
import type { Providers } from './providers.js'
import { toQuantity } from './quantity.js'
import { callObject } from './raw-transactions.js'
import { providerWords, type RpcFailure } from './rpc/json-rpc.js'
import { isRevert } from './rpc/provider-answers.js'
import type { TransactionRequest } from './transaction.js'

const UNKNOWN = 'the reason is not known'

const MEANINGS: Readonly<Record<string, readonly [sentence: string, hint?: string]>> = {
  'Unauthorized()': [
    'the signing account may not do this: it is neither that operator nor the owner',
    'check which key signs with `wcn operator address`',
  ],
  'MigrationInProgress()': ['a data migration is in progress', 'wait until it has ended'],
  'NoMigrationInProgress()': ['no data migration is in progress'],
  'InvalidOperator()': ['the zero address cannot be an operator'],
  'OperatorNotFound()': ['that address is not an operator of this cluster'],
  'OperatorNotPulling()': ['this operator is not pulling data'],
  'CallerNotOperator()': ['the signing account is not an operator of this cluster'],
  'OperatorExists()': ['that address is an operator of this cluster already'],
  'OperatorInKeyspace()': ['the operator still stores data of the keyspace'],
  'SameKeyspace()': ['the new keyspace equals the current one'],
  'WrongMigrationId()': ['another migration is in progress by now'],
  'InvalidOperatorData()': ["the operator's data is empty or larger than the cluster allows"],
  'TooManyOperators()': ['the cluster has no free slot'],
  'InsufficientOperators()': ['the cluster would have too few operators'],
  'MaintenanceInProgress()': ['the maintenance slot is taken', '`wcn maintenance status` tells by whom'],
  'OwnableUnauthorizedAccount(address)': [
    "only the cluster's owner may do this, and the signing account is not the owner",
    'check which key signs',
  ],
  'InvalidInitialization()': ['the cluster is founded already'],
  'Error(string)': ['the contract gave a reason of its own'],
  'Panic(uint256)': ['the contract failed an internal check'],
}

const BY_SELECTOR = new Map(
  Object.entries(MEANINGS).map(([signature, [sentence, hint]]) => [
    toFunctionSelector(signature) as string,
    { name: signature.replace(/\(.*/, ''), sentence, hint },
  ]),
)

function lookUp({ data }: RpcFailure) {
  return typeof data === 'string' ? BY_SELECTOR.get(data.slice(0, 10)) : undefined
}

/** In words, why a call reverts, as far as the provider gave its data. */
export function revertReason(error: RpcFailure): string {
  const known = lookUp(error)
  if (known) return `${known.sentence} (${known.name})`
  // Some providers put words of their own there.
  if (typeof error.data === 'string' && /^0x[0-9a-f]+$/i.test(error.data))
    return `the contract refused it with unknown data ${error.data.slice(0, 74)}`
  return providerWords(error.message)
}

export function callReverts(error: RpcFailure): WcnError {
  const known = lookUp(error)
  return new WcnError('CALL_REVERTS', `the contract would refuse this: ${revertReason(error)}`, {
    hint: known?.hint,
    details: { error: known?.name ?? null },
  })
}

/**
 * Why an included transaction failed, as most of those say that can replay it on the state its block left, in which its
 * obstacle still is as a rule. Never throws: the transaction's end is known without it.
 */
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
    return reply && isRevert(reply.error) ? revertReason(reply.error) : null
  })
  const reasons = given.flatMap(({ value }) => value ?? [])
  return largestGroup(reasons, (words) => words)[0] ?? UNKNOWN
}
