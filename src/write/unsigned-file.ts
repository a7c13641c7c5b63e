/**
 * A transaction on its way to a signer that is elsewhere, and back: `wcn-unsigned-transaction` and
 * `wcn-signed-transaction`, version 1. It carries what it was based on, so that it is not sent when that has changed.
 */
import { z } from 'zod'
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import { sourceName } from '../base/source-name.js'
import type { Fees } from '../chain/transaction.js'
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
import { WRITE_KINDS, type WriteBase, type WriteKind } from '../platform/state/journal-entry.js'

export interface UnsignedDocument {
  readonly chainId: number
  readonly genesisHash: Hex
  readonly contract: Address
  readonly from: Address
  readonly nonce: number
  readonly gas: bigint
  readonly fees: Fees
  readonly to: Address
  readonly data: Hex
  /** For people; what counts is in `data`. */
  readonly what: { readonly kind: WriteKind; readonly title: string }
  readonly base: WriteBase
  /** Unix seconds. */
  readonly createdAt: number
}

export interface SignedDocument extends UnsignedDocument {
  readonly raw: Hex
  readonly hash: Hex
}

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
  what: z.strictObject({ kind: z.enum(WRITE_KINDS), title: z.string() }),
  base: z.strictObject({
    block: blockValue,
    operator: z.strictObject({ id: addressValue, data: hexValue.nullable() }).nullable(),
    migration: z.strictObject({ id: bigValue, pulling: z.boolean() }),
    maintenance: addressValue.nullable(),
  }),
  created_at: timeValue,
}
const UNSIGNED_TYPE = 'wcn-unsigned-transaction'
const SIGNED_TYPE = 'wcn-signed-transaction'
const UNSIGNED = z.strictObject({ type: z.literal(UNSIGNED_TYPE), ...FIELDS })
const SIGNED = z.strictObject({ type: z.literal(SIGNED_TYPE), ...FIELDS, raw: hexValue, hash: hashValue })
const ANY = z.looseObject({ type: z.string() })

/** Throws DOCUMENT_INVALID, naming the line. Says nothing about whether the fields agree. */
export function parseUnsignedFile(text: string, source: string): UnsignedDocument {
  if (parseDocument(text, source, ANY).type === SIGNED_TYPE)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} is signed already`, {
      hint: '`wcn tx send` sends it',
    })
  return fromFields(parseDocument(text, source, UNSIGNED))
}

/** Like parseUnsignedFile. */
export function parseSignedFile(text: string, source: string): SignedDocument {
  if (parseDocument(text, source, ANY).type === UNSIGNED_TYPE)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} is not signed yet`, {
      hint: '`wcn tx sign FILE --out SIGNED` signs it, where the key is',
    })
  const fields = parseDocument(text, source, SIGNED)
  return { ...fromFields(fields), raw: fields.raw, hash: fields.hash }
}

export function renderUnsignedFile(document: UnsignedDocument): string {
  return render(UNSIGNED_TYPE, toFields(document))
}

export function renderSignedFile(document: SignedDocument): string {
  return render(SIGNED_TYPE, { ...toFields(document), raw: document.raw, hash: document.hash })
}

function render(type: string, fields: object): string {
  return `${JSON.stringify({ type, ...fields }, null, 2)}\n`
}

type Fields = Omit<z.output<typeof UNSIGNED>, 'type'>

function fromFields(fields: Fields): UnsignedDocument {
  const { contract, from, nonce, gas, to, data, what, base } = fields
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
    createdAt: fields.created_at,
  }
}

function toFields({ fees, base, what, ...document }: UnsignedDocument): z.input<z.ZodObject<typeof FIELDS>> {
  return {
    version: 1,
    chain_id: document.chainId,
    genesis_hash: document.genesisHash,
    contract: document.contract,
    from: document.from,
    nonce: document.nonce,
    gas: document.gas.toString(),
    max_fee_per_gas: fees.maxFeePerGas.toString(),
    max_priority_fee_per_gas: fees.maxPriorityFeePerGas.toString(),
    to: document.to,
    value: '0',
    data: document.data,
    what: { kind: what.kind, title: what.title },
    base: {
      block: { number: base.block.number, hash: base.block.hash },
      operator: base.operator && { id: base.operator.id, data: base.operator.data },
      migration: { id: base.migration.id.toString(), pulling: base.migration.pulling },
      maintenance: base.maintenance,
    },
    created_at: document.createdAt,
  }
}
