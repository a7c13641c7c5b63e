/**
 * A transaction on its way to a signer that is elsewhere, and back: `wcn-unsigned-transaction` and
 * `wcn-signed-transaction`, version 1. It carries what it was based on, so that it is not sent when that has changed.
 */
import { z } from 'zod'
import { snakeJson } from '../base/snake-json.js'
import { sourceName } from '../base/source-name.js'
import {
  addressValue,
  bigValue,
  countValue,
  hashValue,
  hexValue,
  positiveValue,
  timeValue,
} from '../documents/chain-values.js'
import { parseDocument } from '../documents/document.js'
import { integerThat, recordOf, text, wordOf } from '../documents/shape.js'
import { schemaOf } from '../documents/shape-schema.js'
import { WcnError } from '../errors/wcn-error.js'
import { baseValue, WRITE_KINDS, writtenBase } from '../platform/state/journal-entry.js'

const UNSIGNED_TYPE = 'wcn-unsigned-transaction'
const SIGNED_TYPE = 'wcn-signed-transaction'
const FIELDS = {
  version: integerThat((version) => version === 1, 'must be 1'),
  chainId: positiveValue,
  genesisHash: hashValue,
  contract: addressValue,
  from: addressValue,
  nonce: countValue,
  gas: bigValue,
  maxFeePerGas: bigValue,
  maxPriorityFeePerGas: bigValue,
  to: addressValue,
  value: wordOf(['0']),
  data: hexValue,
  /** For people; what counts is in `data`. */
  what: recordOf({ kind: wordOf(WRITE_KINDS), title: text }),
  base: baseValue,
  /** Unix seconds. */
  createdAt: timeValue,
}
const UNSIGNED = recordOf({ type: wordOf([UNSIGNED_TYPE]), ...FIELDS })
const SIGNED = recordOf({ type: wordOf([SIGNED_TYPE]), ...FIELDS, raw: hexValue, hash: hashValue })
const ANY = z.looseObject({ type: z.string() })

export type UnsignedDocument = ReturnType<typeof parseUnsignedFile>
export type SignedDocument = ReturnType<typeof parseSignedFile>

/** Throws DOCUMENT_INVALID, naming the line. Says nothing about whether the fields agree. */
export function parseUnsignedFile(content: string, source: string) {
  if (parseDocument(content, source, ANY).type === SIGNED_TYPE)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} is signed already`, {
      hint: '`wcn tx send` sends it',
    })
  return withFees(parseDocument(content, source, schemaOf(UNSIGNED)))
}

/** Like parseUnsignedFile. */
export function parseSignedFile(content: string, source: string) {
  if (parseDocument(content, source, ANY).type === UNSIGNED_TYPE)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} is not signed yet`, {
      hint: '`wcn tx sign FILE --out SIGNED` signs it, where the key is',
    })
  return withFees(parseDocument(content, source, schemaOf(SIGNED)))
}

export function renderUnsignedFile(document: UnsignedDocument): string {
  return render(UNSIGNED_TYPE, document)
}

export function renderSignedFile({ raw, hash, ...document }: SignedDocument): string {
  return render(SIGNED_TYPE, document, { raw, hash })
}

function render(type: string, document: UnsignedDocument, signature: object = {}): string {
  const { chainId, genesisHash, contract, from, nonce, gas, fees, to, data, what, base, createdAt } = document
  const fields = {
    type,
    version: 1,
    ...{ chainId, genesisHash, contract, from, nonce },
    gas: String(gas),
    maxFeePerGas: String(fees.maxFeePerGas),
    maxPriorityFeePerGas: String(fees.maxPriorityFeePerGas),
    ...{ to, value: '0', data, what },
    base: writtenBase(base),
    createdAt,
    ...signature,
  }
  return `${JSON.stringify(snakeJson(fields), null, 2)}\n`
}

type Fields = ReturnType<typeof UNSIGNED> | ReturnType<typeof SIGNED>

function withFees<T extends Fields>({ type, version, value, maxFeePerGas, maxPriorityFeePerGas, ...fields }: T) {
  return { ...fields, fees: { maxFeePerGas, maxPriorityFeePerGas } }
}
