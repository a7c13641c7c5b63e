/**
 * The file that Safe's Transaction Builder exports and imports: calls that the owners of a Safe approve and sign in its
 * app. Its checksum shows the app's user that nobody changed the file on the way (safe-react-apps, tx-builder).
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { z } from 'zod'
import { type Address, checksumAddress, parseAddress } from '../base/address.js'
import { bytesToHex, type Hex } from '../base/hex.js'
import { openDocument } from '../documents/document.js'

/** Of the app whose files look like this. */
const APP_VERSION = '1.18.2'

// The app's files hold more than is read here, and its checksum covers that as well.
const BATCH = z.looseObject({
  version: z.literal('1.0'),
  chainId: z.string().regex(/^[1-9][0-9]{0,15}$/, 'must be a chain ID in quotes'),
  meta: z.looseObject({ checksum: z.string().nullish(), createdFromSafeAddress: z.string().nullish() }),
  transactions: z.array(
    z.looseObject({
      to: z.string(),
      value: z.string().regex(/^[0-9]{1,78}$/, 'must be wei in decimal digits, in quotes'),
      data: z
        .string()
        .refine((text) => text.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(text), 'must be bytes in hex with 0x')
        .nullish(),
      contractMethod: z.looseObject({ name: z.string() }).nullish(),
    }),
  ),
})

interface NewBatch {
  readonly chainId: number
  readonly safe: Address
  readonly name: string
  readonly description: string
  /** Unix seconds. */
  readonly createdAt: number
  readonly call: { readonly to: Address; readonly data: Hex }
}

export function renderSafeBatch({ chainId, safe, name, description, createdAt, call }: NewBatch): string {
  const { to, data } = call
  const meta = {
    name,
    description,
    txBuilderVersion: APP_VERSION,
    createdFromSafeAddress: checksumAddress(safe),
    createdFromOwnerAddress: '',
  }
  const batch = {
    version: '1.0',
    chainId: String(chainId),
    createdAt: createdAt * 1000,
    meta,
    transactions: [{ to: checksumAddress(to), value: '0', data, contractMethod: null, contractInputsValues: null }],
  }
  return `${JSON.stringify({ ...batch, meta: { ...meta, checksum: checksumOf(batch) } }, null, 2)}\n`
}

/**
 * `safe`: the one it was made for, where the file says so. `value` is wei; `data` is null where the app is to make it from
 * `method`, as it has the contract's interface. `intact`: whether the checksum fits; null where there is none. Throws
 * DOCUMENT_INVALID, ADDRESS_INVALID, naming the line.
 */
export function parseSafeBatch(text: string, source: string) {
  const { value, where } = openDocument(text, source, BATCH)
  const { checksum, createdFromSafeAddress: safe } = value.meta
  return {
    chainId: value.chainId,
    safe: safe ? parseAddress(safe, where(['meta', 'createdFromSafeAddress'])) : null,
    calls: value.transactions.map(({ to, value: wei, data, contractMethod }, index) => ({
      to: parseAddress(to, where(['transactions', index, 'to'])),
      value: BigInt(wei),
      data: data ? (data.toLowerCase() as Hex) : null,
      method: contractMethod?.name ?? null,
    })),
    intact: checksum ? checksumOf(value) === checksum : null,
  }
}

/** Of everything but the checksum itself and the batch's name, which the app lets its user change. */
function checksumOf(batch: { readonly meta: Readonly<Record<string, unknown>> }): Hex {
  const { checksum: _, ...meta } = batch.meta
  return bytesToHex(keccak_256(new TextEncoder().encode(serialized({ ...batch, meta: { ...meta, name: null } }))))
}

/** JSON with sorted keys, in which an object is its list of keys and then its values, each with a comma behind it. */
function serialized(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(serialized).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${JSON.stringify(entries.map(([key]) => key))}${entries.map(([, field]) => `${serialized(field)},`).join('')}}`
}
