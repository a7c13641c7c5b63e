/**
 * Hex text as Ethereum writes it: lower case, with `0x`. Everything that goes to or comes from the chain
 * passes through these two functions.
 */
import { WcnError } from '../errors/wcn-error.js'

export type Hex = `0x${string}`

export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`
}

/** Takes hex with or without `0x`, in any case. Throws DOCUMENT_INVALID, never showing the digits (a key?). */
export function hexToBytes(hex: string): Uint8Array {
  const digits = hex.startsWith('0x') ? hex.slice(2) : hex
  // A Buffer itself takes other scripts' letters for digits.
  if (digits.length % 2 === 0 && !/[^0-9a-f]/i.test(digits)) return Uint8Array.from(Buffer.from(digits, 'hex'))
  throw new WcnError(
    'DOCUMENT_INVALID',
    `${hex.length} characters were given where an even number of hex digits belongs`,
  )
}

/** Byte arrays compared by content. Not for secrets: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
