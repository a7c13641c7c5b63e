/**
 * Hex text as Ethereum writes it: lower case, with `0x`. Everything that goes to or comes from the chain
 * passes through these two functions.
 */
import { hexToBytes as fromHexDigits, bytesToHex as toHexDigits } from '@noble/hashes/utils.js'
import { WcnError } from '../errors/wcn-error.js'

export type Hex = `0x${string}`

export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${toHexDigits(bytes)}`
}

/** Takes hex with or without `0x`, in any case. Throws DOCUMENT_INVALID, never showing the digits (a key?). */
export function hexToBytes(hex: string): Uint8Array {
  try {
    return fromHexDigits(hex.startsWith('0x') ? hex.slice(2) : hex)
  } catch {
    throw new WcnError(
      'DOCUMENT_INVALID',
      `${hex.length} characters were given where an even number of hex digits belongs`,
    )
  }
}
