/**
 * IPv4 addresses of nodes: strict dotted quads only. Other spellings (octal, hex, short forms, host names) mean
 * different things to different resolvers, so none is guessed at. And the special-purpose ranges (IANA registry,
 * RFC 6890) in which the other operators' nodes can't dial a node; ranges it calls globally reachable are left out.
 */
import { WcnError } from '../errors/wcn-error.js'
import { quote } from './quote.js'

declare const brand: unique symbol
/** Dotted quad without leading zeros. */
export type Ipv4 = string & { readonly [brand]: 'Ipv4' }

const RANGES: readonly (readonly [base: number, prefixBits: number, name: string])[] = [
  [0x00000000, 8, 'this network (0.0.0.0/8)'],
  [0x0a000000, 8, 'private use (10.0.0.0/8)'],
  [0x64400000, 10, 'shared address space of carriers (100.64.0.0/10)'],
  [0x7f000000, 8, 'loopback (127.0.0.0/8)'],
  [0xa9fe0000, 16, 'link local (169.254.0.0/16)'],
  [0xac100000, 12, 'private use (172.16.0.0/12)'],
  [0xc0000000, 24, 'protocol assignments (192.0.0.0/24)'],
  [0xc0000200, 24, 'documentation (192.0.2.0/24)'],
  [0xc0586300, 24, 'former 6to4 relays (192.88.99.0/24)'],
  [0xc0a80000, 16, 'private use (192.168.0.0/16)'],
  [0xc6120000, 15, 'benchmarking (198.18.0.0/15)'],
  [0xc6336400, 24, 'documentation (198.51.100.0/24)'],
  [0xcb007100, 24, 'documentation (203.0.113.0/24)'],
  [0xe0000000, 4, 'multicast (224.0.0.0/4)'],
  [0xffffffff, 32, 'broadcast (255.255.255.255)'],
  [0xf0000000, 4, 'reserved (240.0.0.0/4)'],
]

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/

/** Takes a strict dotted quad. `source` says where the text came from. Throws IP_ADDRESS_INVALID. */
export function parseIpv4(text: string, source: string): Ipv4 {
  const octets = text.split('.')
  if (octets.length === 4 && octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return text as Ipv4
  throw new WcnError('IP_ADDRESS_INVALID', `${source} is ${quote(text)}: ${whyNot(text, octets)}`, {
    hint: 'give an IPv4 address such as 198.51.100.7, in plain decimal',
  })
}

/** Four octets in network order. */
export function ipv4ToBytes(ip: Ipv4): Uint8Array {
  return Uint8Array.from(ip.split('.'), Number)
}

/** Four octets in network order. Throws IP_ADDRESS_INVALID for any other length. */
export function ipv4FromBytes(bytes: Uint8Array): Ipv4 {
  if (bytes.length !== 4) {
    throw new WcnError('IP_ADDRESS_INVALID', `an IPv4 address has 4 bytes, but ${bytes.length} were given`)
  }
  return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` as Ipv4
}

/** Name of the special-purpose range the address is in; null when it is publicly routable. */
export function reservedRange(ip: Ipv4): string | null {
  const bits = ipv4ToNumber(ip)
  return RANGES.find(([base, prefixBits]) => contains(base, prefixBits, bits))?.[2] ?? null
}

/** RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16. */
export function isPrivateUse(ip: Ipv4): boolean {
  const bits = ipv4ToNumber(ip)
  return contains(0x0a000000, 8, bits) || contains(0xac100000, 12, bits) || contains(0xc0a80000, 16, bits)
}

/** For examples only (RFC 5737): nobody answers there, so nothing is ever sent there. */
export function isDocumentation(ip: Ipv4): boolean {
  return reservedRange(ip)?.startsWith('documentation') ?? false
}

/**
 * This network, multicast, reserved: no machine has such an address. Other special ranges don't count: on a
 * development chain nodes live on private, loopback and documentation addresses, and rightly so.
 */
export function isNoHostAddress(ip: Ipv4): boolean {
  const [first = 0] = ipv4ToBytes(ip)
  return first === 0 || first >= 224
}

function contains(base: number, prefixBits: number, bits: number): boolean {
  const size = 2 ** (32 - prefixBits)
  return bits >= base && bits < base + size
}

/** The 32 bits, the first octet the highest. */
export function ipv4ToNumber(ip: Ipv4): number {
  return ipv4ToBytes(ip).reduce((bits, octet) => bits * 256 + octet, 0)
}

function whyNot(text: string, octets: readonly string[]): string {
  if (text === '') return 'an IPv4 address is expected'
  if (/\s/.test(text)) return 'it contains white space'
  if (/^\[?[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%\w+)?\]?(?::\d+)?$/i.test(text)) {
    return 'that is an IPv6 address, and only an IPv4 address will do here'
  }
  if (/^[^:/]+:\d+$/.test(text)) return 'an address is expected without a port'
  if (/^\d[\d.]*\/\d+$/.test(text)) return 'that is a range of addresses, not one address'
  if (/^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*$/i.test(text)) return whyNotNumbers(text, octets)
  if (/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/i.test(text)) {
    return 'that is a host name, and only an IPv4 address will do here'
  }
  return 'that is not an IPv4 address'
}

function whyNotNumbers(text: string, octets: readonly string[]): string {
  if (/0x/i.test(text)) return 'octets are written in decimal, not in hex'
  if (octets.length !== 4) return `it has ${octets.length} of the 4 octets an IPv4 address is made of`
  if (octets.some((octet) => /^0[0-9]/.test(octet))) {
    return 'an octet starts with 0, which some programs read as octal and others as decimal'
  }
  return 'an octet is larger than 255'
}
