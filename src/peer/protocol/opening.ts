/** How an API is opened on a fresh connection (docs/dev/network/node-protocol.md, "Opening an API"). */
import type { ApiName } from '../node-probe.js'

export const OPENING_BYTES = 20
export const STATUS_BYTES = 4

/** Protocol version 0 as a big-endian `u32`, then the name in 16 bytes of ASCII padded with zeros. */
export function encodeOpening(api: ApiName): Uint8Array {
  const opening = new Uint8Array(OPENING_BYTES)
  opening.set(new TextEncoder().encode(api), 4)
  return opening
}

export type OpeningStatus =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'garbage'; readonly reason: string }

/** Rejections are -1000 less a reason that fits a byte. */
const REJECTED = -1000
const LAST_REJECTED = REJECTED - 255

/** Takes any bytes; a status is a big-endian `i32`. */
export function decodeStatus(bytes: Uint8Array): OpeningStatus {
  if (bytes.length !== STATUS_BYTES) {
    return { kind: 'garbage', reason: `its status ended after ${bytes.length} of ${STATUS_BYTES} bytes` }
  }
  const status = new DataView(bytes.buffer, bytes.byteOffset, STATUS_BYTES).getInt32(0)
  if (status === 0) return { kind: 'accepted' }
  const known = status === -1 || status === -2 || (status <= REJECTED && status >= LAST_REJECTED)
  return known
    ? { kind: 'refused', status }
    : { kind: 'garbage', reason: `its status ${status} is none of the protocol` }
}
