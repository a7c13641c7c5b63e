/**
 * A transaction from a file, before it is signed or sent: what counts is what its calldata does, whatever the file says
 * about it. What can't be told exactly is refused.
 */

import { ifSet } from '../base/if-set.js'
import type { DecodedCall } from '../chain/calls.js'
import type { RawTransaction } from '../chain/raw-transactions.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { operatorOf, writeKindOf } from '../write/model/cluster-call.js'
import type { UnsignedDocument } from '../write/unsigned-file.js'
import { readOperatorData, readSettings } from './call-arguments.js'

/** `source`: the file's name. Throws TRANSACTION_INVALID, and WRONG_CHAIN where another chain is configured. */
export async function requireUnderstood(
  services: Services,
  document: UnsignedDocument,
  source: string,
): Promise<DecodedCall> {
  const { chainId, contract, to, what, base } = document
  if (to !== contract)
    throw invalid(source, `its transaction goes to ${to}, and it says it is for contract ${contract}`)
  const expected = services.settings.chainId()
  if (chainId !== expected)
    throw new WcnError('WRONG_CHAIN', `${source} is for chain ${chainId}, and chain ${expected} is expected`, {
      hint: 'set --chain-id or WCN_CHAIN_ID where that is no mistake',
    })
  const configured = await ifSet(() => services.settings.contractAddress())
  if (configured !== null && configured !== contract)
    throw new WcnError(
      'TRANSACTION_INVALID',
      `${source} is for contract ${contract}, and ${configured} is configured`,
      {
        hint: "use the settings of that contract's cluster, or leave --contract-address out",
      },
    )
  const decoder = (await import('../chain/calls.js')).callDecoder
  const call = decoder.decode(document.data)
  if (call === null || !call.canonical || !isReadable(call))
    throw invalid(
      source,
      'what its calldata does is not known here',
      '`wcn tx decode` tells more; newer software may have made it',
    )
  if (writeKindOf(call) !== what.kind)
    throw invalid(source, `it says ${what.kind}, and its calldata is a call of ${call.signature}`)
  if (base.operator !== null && base.operator.id !== operatorOf(call))
    throw invalid(source, `it was planned for operator ${base.operator.id}, and its calldata is about another one`)
  return call
}

export function rawTransactionOf({ chainId, nonce, gas, fees, to, data }: UnsignedDocument): RawTransaction {
  return { chainId, nonce, gas, fees, to, value: 0n, data }
}

/** Wei, without the L1 data fee. */
export function highestFee({ gas, fees }: Pick<UnsignedDocument, 'gas' | 'fees'>): bigint {
  return gas * fees.maxFeePerGas
}

export function invalid(source: string, why: string, hint?: string): WcnError {
  return new WcnError('TRANSACTION_INVALID', `${source} is not to be trusted: ${why}`, {
    hint: hint ?? 'somebody changed it, or it was damaged: have it made anew with --unsigned',
  })
}

function isReadable(call: DecodedCall): boolean {
  switch (call.fn) {
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return readOperatorData(call.data).content !== null
    case 'updateSettings':
      return readSettings(call.settings.extra).content !== null
    case 'initialize':
    case 'read':
      return false
    default:
      return true
  }
}
