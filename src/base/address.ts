/**
 * EVM addresses, which are also operator IDs (docs/dev/network/wire-format.md, "Identifiers and keys").
 * Kept in lower case inside the tool; EIP-55 is checked on the way in.
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { WcnError } from '../errors/wcn-error.js'
import { bytesToHex, type Hex } from './hex.js'
import { quote } from './quote.js'

declare const brand: unique symbol
/** 20 bytes as lower-case hex with `0x`. */
export type Address = Hex & { readonly [brand]: 'Address' }

export const ZERO_ADDRESS = `0x${'0'.repeat(40)}` as Address

const SHAPE = /^(?:0x)?([0-9a-f]{40})$/i

/**
 * Takes 40 hex digits with or without `0x`, in any case; mixed case must pass EIP-55.
 * `source` says where the text came from. Throws ADDRESS_INVALID.
 */
export function parseAddress(text: string, source: string): Address {
  const digits = SHAPE.exec(text)?.[1]
  if (digits === undefined) throw new WcnError('ADDRESS_INVALID', `${source} ${whyNot(text)}`, { hint: WANTED })

  const address = `0x${digits.toLowerCase()}` as Address
  const oneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase()
  if (!oneCase && checksumAddress(address).slice(2) !== digits) {
    throw new WcnError(
      'ADDRESS_INVALID',
      `${source} is ${quote(text)}, whose capital letters do not match its EIP-55 checksum: a character is wrong`,
      { hint: 'copy the address again from where it came from; do not just change the case' },
    )
  }
  return address
}

/** For bytes that are known to be an address, such as the end of a key hash. Throws ADDRESS_INVALID unless 20 bytes. */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length !== 20) {
    throw new WcnError('ADDRESS_INVALID', `an address has 20 bytes, but ${bytes.length} were given`)
  }
  return bytesToHex(bytes) as Address
}

/** The EIP-55 spelling: a letter is a capital where the same nibble of keccak256(lower-case digits) is 8 or more. */
export function checksumAddress(address: Address): string {
  const digits = address.slice(2)
  const hash = keccak_256(new TextEncoder().encode(digits))
  let spelled = '0x'
  for (let i = 0; i < digits.length; i++) {
    const byte = hash[i >> 1] ?? 0
    const nibble = i % 2 === 0 ? byte >> 4 : byte & 15
    spelled += nibble >= 8 ? digits.charAt(i).toUpperCase() : digits.charAt(i)
  }
  return spelled
}

const WANTED = 'an address is 40 hex digits, with or without 0x'

function whyNot(text: string): string {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(text)?.[1]
  if (text === '') return 'is empty: an address is expected'
  if (text.trim() !== text) return 'has white space around the address'
  if (digits?.length === 64) return 'has 64 hex digits, which is the size of a private key or a hash, not of an address'
  if (digits !== undefined) return `is ${quote(text)}: ${digits.length} hex digits instead of 40`
  if (text.endsWith('.eth')) return `is ${quote(text)}: names are not looked up, an address is expected`
  if (/^(?:12D3Koo|1A|Qm)/.test(text)) return `is ${quote(text)}, which looks like a peer ID, not an address`
  return `is ${quote(text)}, which is not an address`
}

/** As people compare them: with its EIP-55 checksum. Data for scripts has it in lower case. */
export function showAddress(address: string): string {
  return checksumAddress(parseAddress(address, 'an address'))
}
