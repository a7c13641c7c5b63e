/** A transaction that was signed elsewhere: what the file says of it must be what its bytes say. */

import { sourceName } from '../base/source-name.js'
import type { RawTransaction, SignedRawTransaction } from '../chain/raw-transactions.js'
import { rawTransactions } from '../chain/raw-transactions.js'
import type { Services } from '../cli/services.js'
import { parseSignedFile, type SignedDocument } from '../write/unsigned-file.js'
import { invalid, rawTransactionOf } from './understood-transaction.js'

/** Throws DOCUMENT_INVALID, TRANSACTION_INVALID, FILE_*. */
export async function readSignedFile(services: Services, file: string): Promise<SignedDocument> {
  const document = parseSignedFile(await services.files.readText(file), file)
  const signed = await rawTransactions.parse(document.raw)
  const fault = findContradiction(document, signed)
  if (fault) throw invalid(sourceName(file), fault)
  return document
}

/** What the bytes say otherwise than the file's fields; null where nothing. `signed` null: they can't be read. */
export function findContradiction(document: SignedDocument, signed: SignedRawTransaction | null): string | null {
  if (signed === null) return 'raw is no signed transaction'
  const written = comparable(rawTransactionOf(document))
  const meant = comparable(signed.transaction)
  const field = Object.keys(written).find((name) => written[name] !== meant[name])
  if (field) return `${field} is not what was signed`
  if (signed.from !== document.from) return `it was signed by ${signed.from}, and from is ${document.from}`
  return signed.hash === document.hash ? null : 'hash is not that of raw'
}

/** By the names that the file has. */
function comparable({ fees, ...transaction }: RawTransaction): Readonly<Record<string, unknown>> {
  return {
    chain_id: transaction.chainId,
    nonce: transaction.nonce,
    gas: transaction.gas,
    max_fee_per_gas: fees.maxFeePerGas,
    max_priority_fee_per_gas: fees.maxPriorityFeePerGas,
    to: transaction.to,
    value: transaction.value,
    data: transaction.data,
  }
}
