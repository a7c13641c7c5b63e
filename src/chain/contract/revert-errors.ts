/** The contract's errors (docs/dev/network/contract.md) as sentences and next steps. */
import { toFunctionSelector } from 'viem'
import { WcnError } from '../../errors/wcn-error.js'
import { providerWords } from '../rpc/json-rpc.js'

interface Meaning {
  readonly sentence: string
  readonly hint?: string
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  'Unauthorized()': {
    sentence: 'the signing account may not do this: it is neither that operator nor the owner',
    hint: 'check which key signs with `wcn operator address`',
  },
  'MigrationInProgress()': { sentence: 'a data migration is in progress', hint: 'wait until it has ended' },
  'NoMigrationInProgress()': { sentence: 'no data migration is in progress' },
  'InvalidOperator()': { sentence: 'the zero address cannot be an operator' },
  'OperatorNotFound()': { sentence: 'that address is not an operator of this cluster' },
  'OperatorNotPulling()': { sentence: 'this operator is not pulling data' },
  'CallerNotOperator()': { sentence: 'the signing account is not an operator of this cluster' },
  'OperatorExists()': { sentence: 'that address is an operator of this cluster already' },
  'OperatorInKeyspace()': { sentence: 'the operator still stores data of the keyspace' },
  'SameKeyspace()': { sentence: 'the new keyspace equals the current one' },
  'WrongMigrationId()': { sentence: 'another migration is in progress by now' },
  'InvalidOperatorData()': { sentence: "the operator's data is empty or larger than the cluster allows" },
  'TooManyOperators()': { sentence: 'the cluster has no free slot' },
  'InsufficientOperators()': { sentence: 'the cluster would have too few operators' },
  'MaintenanceInProgress()': {
    sentence: 'the maintenance slot is taken',
    hint: '`wcn maintenance status` tells by whom',
  },
  'OwnableUnauthorizedAccount(address)': {
    sentence: "only the cluster's owner may do this, and the signing account is not the owner",
    hint: 'check which key signs',
  },
  'Error(string)': { sentence: 'the contract gave a reason of its own' },
  'Panic(uint256)': { sentence: 'the contract failed an internal check' },
}

const BY_SELECTOR: ReadonlyMap<string, readonly [signature: string, meaning: Meaning]> = new Map(
  Object.entries(MEANINGS).map((entry) => [toFunctionSelector(entry[0]), entry]),
)

/** In words, why a call reverts; `data` is the revert data as far as the provider gave it. */
export function revertReason(data: unknown, message: string): string {
  const known = lookUp(data)
  if (known) return `${known[1].sentence} (${known[0].replace(/\(.*/, '')})`
  // Some providers put words of their own there.
  if (typeof data === 'string' && /^0x[0-9a-f]+$/i.test(data))
    return `the contract refused it with unknown data ${data.slice(0, 74)}`
  return providerWords(message)
}

export function callReverts(data: unknown, message: string): WcnError {
  return new WcnError('CALL_REVERTS', `the contract would refuse this: ${revertReason(data, message)}`, {
    hint: lookUp(data)?.[1].hint,
    details: { error: lookUp(data)?.[0].replace(/\(.*/, '') ?? null },
  })
}

function lookUp(data: unknown): readonly [string, Meaning] | undefined {
  return typeof data === 'string' ? BY_SELECTOR.get(data.slice(0, 10)) : undefined
}
