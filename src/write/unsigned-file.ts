/**
 * A transaction on its way to a signer that is elsewhere, and back: `wcn-unsigned-transaction` and
 * `wcn-signed-transaction`, version 1. It carries what it was based on, so that it is not sent when that has changed.
 */
import { z } from 'zod'
import { sourceName } from '../base/source-name.js'
import {
  addressValue,
  bigValue,
  blockValue,
  countValue,
  hashValue,
  hexValue,
  timeValue,
} from '../documents/chain-values.js'
import { parseDocument } from '../documents/document.js'
import { WcnError } from '../errors/wcn-error.js'
import { WRITE_KINDS } from '../platform/state/journal-entry.js'

const UNSIGNED_TYPE = 'wcn-unsigned-transaction'
const SIGNED_TYPE = 'wcn-signed-transaction'
const FIELDS = {
  version: z.literal(1),
  chain_id: z.int().positive('must be positive'),
  genesis_hash: hashValue,
  contract: addressValue,
  from: addressValue,
  nonce: countValue,
  gas: bigValue,
  max_fee_per_gas: bigValue,
  max_priority_fee_per_gas: bigValue,
  to: addressValue,
  value: z.literal('0'),
  data: hexValue,
  /** For people; what counts is in `data`. */
  what: z.strictObject({ kind: z.enum(WRITE_KINDS), title: z.string() }),
  base: z.strictObject({
    block: blockValue,
    operator: z.strictObject({ id: addressValue, data: hexValue.nullable() }).nullable(),
    migration: z.strictObject({ id: bigValue, pulling: z.boolean() }),
    maintenance: addressValue.nullable(),
  }),
  created_at: timeValue,
}
const UNSIGNED = z.strictObject({ type: z.literal(UNSIGNED_TYPE), ...FIELDS })
const SIGNED = z.strictObject({ type: z.literal(SIGNED_TYPE), ...FIELDS, raw: hexValue, hash: hashValue })
const ANY = z.looseObject({ type: z.string() })

export type UnsignedDocument = ReturnType<typeof parseUnsignedFile>
export type SignedDocument = ReturnType<typeof parseSignedFile>

/** Throws DOCUMENT_INVALID, naming the line. Says nothing about whether the fields agree. */
export function parseUnsignedFile(text: string, source: string) {
  if (parseDocument(text, source, ANY).type === SIGNED_TYPE)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} is signed already`, {
      hint: '`wcn tx send` sends it',
    })
  return fromFields(parseDocument(text, source, UNSIGNED))
}

/** Like parseUnsignedFile. */
export function parseSignedFile(text: string, source: string) {
  if (parseDocument(text, source, ANY).type === UNSIGNED_TYPE)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} is not signed yet`, {
      hint: '`wcn tx sign FILE --out SIGNED` signs it, where the key is',
    })
  const fields = parseDocument(text, source, SIGNED)
  return { ...fromFields(fields), raw: fields.raw, hash: fields.hash }
}

export function renderUnsignedFile(document: UnsignedDocument): string {
  return render({ type: UNSIGNED_TYPE, ...toFields(document) })
}

export function renderSignedFile(document: SignedDocument): string {
  return render({ type: SIGNED_TYPE, ...toFields(document), raw: document.raw, hash: document.hash })
}

function render(fields: object): string {
  return `${JSON.stringify(fields, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`
}

type Fields = Omit<z.output<typeof UNSIGNED>, 'type'>

function fromFields({ contract, from, nonce, gas, to, data, what, base, ...fields }: Fields) {
  return {
    chainId: fields.chain_id,
    genesisHash: fields.genesis_hash,
    contract,
    from,
    nonce,
    gas,
    fees: { maxFeePerGas: fields.max_fee_per_gas, maxPriorityFeePerGas: fields.max_priority_fee_per_gas },
    to,
    data,
    what,
    base,
    /** Unix seconds. */
    createdAt: fields.created_at,
  }
}

function toFields({ contract, from, nonce, gas, fees, to, data, what, base, ...document }: UnsignedDocument): Fields {
  return {
    version: 1,
    chain_id: document.chainId,
    genesis_hash: document.genesisHash,
    contract,
    from,
    nonce,
    gas,
    max_fee_per_gas: fees.maxFeePerGas,
    max_priority_fee_per_gas: fees.maxPriorityFeePerGas,
    to,
    value: '0',
    data,
    what,
    // Callers pass blocks that carry more than that.
    base: { ...base, block: { number: base.block.number, hash: base.block.hash } },
    created_at: document.createdAt,
  }
}
