/**
 * A transaction from a file, before it is signed or sent: what counts is what its calldata does, whatever the file says
 * about it, and of one that was signed elsewhere what its bytes say. What can't be told exactly is refused.
 */
import { ifSet } from '../base/if-set.js'
import { snakeJson } from '../base/snake-json.js'
import { sourceName } from '../base/source-name.js'
import { callDecoder, type DecodedCall } from '../chain/calls.js'
import { type RawTransaction, rawTransactions, type SignedRawTransaction } from '../chain/raw-transactions.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { operatorOf, writeKindOf } from '../write/model/cluster-call.js'
import { parseSignedFile, type SignedDocument, type UnsignedDocument } from '../write/unsigned-file.js'
import { readOperatorData } from './call-operator-data.js'
import { readSettings } from './call-settings.js'

/** Throws DOCUMENT_INVALID, TRANSACTION_INVALID, FILE_*. */
export async function readSignedFile(services: Services, file: string): Promise<SignedDocument> {
  const document = parseSignedFile(await services.files.readText(file), file)
  const fault = findContradiction(document, await rawTransactions.parse(document.raw))
  if (fault) throw invalid(sourceName(file), fault)
  return document
}

/** What the bytes say otherwise than the file's fields; null where nothing. `signed` null: they can't be read. */
export function findContradiction(document: SignedDocument, signed: SignedRawTransaction | null): string | null {
  if (signed === null) return 'raw is no signed transaction'
  const flat = ({ fees, ...rest }: RawTransaction): Readonly<Record<string, unknown>> => snakeJson({ ...rest, ...fees })
  const [written, meant] = [flat(rawTransactionOf(document)), flat(signed.transaction)]
  const field = Object.keys(written).find((name) => written[name] !== meant[name])
  if (field) return `${field} is not what was signed`
  if (signed.from !== document.from) return `it was signed by ${signed.from}, and from is ${document.from}`
  return signed.hash === document.hash ? null : 'hash is not that of raw'
}

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
      { hint: "use the settings of that contract's cluster, or leave --contract-address out" },
    )
  const call = callDecoder.decode(document.data)
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

function invalid(
  source: string,
  why: string,
  hint = 'somebody changed it, or it was damaged: have it made anew with --unsigned',
): WcnError {
  return new WcnError('TRANSACTION_INVALID', `${source} is not to be trusted: ${why}`, { hint })
}

function isReadable(call: DecodedCall): boolean {
  switch (call.fn) {
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return readOperatorData(call.data).content !== null
    case 'updateSettings':
      return readSettings(call.settings.extra).content !== null
    default:
      return call.fn !== 'initialize' && call.fn !== 'read'
  }
}
