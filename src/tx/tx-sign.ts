/**
 * `tx sign`: signs a transaction that `--unsigned` wrote, on a machine without network. What it does is told from its
 * calldata alone.
 */

import { type Address, checksumAddress } from '../base/address.js'
import { sourceName } from '../base/source-name.js'
import { etherInWords, gweiInWords } from '../base/wei.js'
import { rawTransactions } from '../chain/raw-transactions.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { allowances } from '../write/allowances.js'
import { requireBid } from '../write/ask.js'
import { parseUnsignedFile, renderSignedFile, type UnsignedDocument } from '../write/unsigned-file.js'
import { callFaults } from './call-operator-data.js'
import { type CallJson, explainCall } from './explain-call.js'
import { rawTransactionOf, requireUnderstood } from './understood-transaction.js'

export type TxSignData = Awaited<ReturnType<typeof run>>['data']

/**
 * Throws DOCUMENT_INVALID, TRANSACTION_INVALID, WRONG_CHAIN, FEE_TOO_HIGH, what the rules for operator data say,
 * WRONG_SIGNER, CONFIRMATION_REQUIRED, DECLINED, FILE_*.
 */
export async function run(services: Services, input: { readonly file: string; readonly out: string }) {
  const { files, settings, talk } = services
  await files.checkWritable(input.out, { overwrite: false })
  const document = parseUnsignedFile(await files.readText(input.file), input.file)
  const call = await requireUnderstood(services, document, sourceName(input.file))
  const { chainId, contract, from, nonce, to, data } = document
  const reviewer = { key: await settings.encryptionKey(), allowed: allowances(services, {}) }
  const { json } = explainCall({ to, content: data, value: 0n, from }, null, reviewer)

  for (const line of shown(document, json)) talk.tell(line)
  // What is on chain is not known here: all of it counts as new.
  // What its data costs on L1 is not known without a network.
  const bid = { fees: document.fees, gas: document.gas, otherWei: 0n }
  requireBid(services, bid, sourceName(input.file), 'have it made anew with --unsigned')
  const [fault] = callFaults(call, null, reviewer)
  if (fault) throw fault
  for (const warning of json.warnings) talk.warn(warning)
  const signer = await services.signer()
  if (signer.address !== from) throw wrongSigner(signer.address, from)
  if (!(await talk.confirm('Sign this transaction?')))
    throw new WcnError('DECLINED', 'declined; nothing was signed', { hint: 'run it again and answer y to sign it' })

  const transaction = rawTransactionOf(document)
  const raw = rawTransactions.serialize(transaction, await signer.signDigest(rawTransactions.digest(transaction)))
  const signed = await rawTransactions.parse(raw)
  if (signed?.from !== from) throw wrongSigner(signed?.from ?? null, from)
  await files.createPrivate(input.out, renderSignedFile({ ...document, raw, hash: signed.hash }))
  return { data: { file: input.out, hash: signed.hash, chain_id: chainId, contract, from, nonce, call: json } }
}

/** Everything that the signature is about. */
function shown(document: UnsignedDocument, { words, details }: CallJson): readonly string[] {
  const { chainId, contract, from, nonce, fees } = document
  return [
    words,
    ...details.map((line) => `  ${line}`),
    `chain ${chainId}, contract ${checksumAddress(contract)}`,
    `from ${checksumAddress(from)}, nonce ${nonce}`,
    `bids up to ${gweiInWords(fees.maxFeePerGas)} per gas, ${gweiInWords(fees.maxPriorityFeePerGas)} of them as a tip`,
    `costs at most ${etherInWords(document.gas * fees.maxFeePerGas, 'up')}, and what its data costs on L1`,
  ]
}

function wrongSigner(signer: Address | null, from: Address): WcnError {
  return new WcnError(
    'WRONG_SIGNER',
    signer === null
      ? 'what the configured key made is no signature that the network accepts'
      : `the configured key is of account ${signer}, and the transaction is for ${from} to sign`,
    { hint: 'use the key of that account' },
  )
}
