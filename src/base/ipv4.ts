/**
 * IPv4 addresses of nodes: strict dotted quads only. Other spellings (octal, hex, short forms, host names) mean
 * different things to different resolvers, so none is guessed at. And the special-purpose ranges (IANA registry,
 * RFC 6890) in which the other operators' nodes can't dial a node; ranges it calls globally reachable are left out.
 */
import ipaddr from 'ipaddr.js'
import { WcnError } from '../errors/wcn-error.js'
import { quote } from './quote.js'

declare const brand: unique symbol
/** Dotted quad without leading zeros. */
export type Ipv4 = string & { readonly [brand]: 'Ipv4' }

/** The first one an address is in gives its name. */
const RANGES = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private use'],
  ['100.64.0.0/10', 'shared address space of carriers'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link local'],
  ['172.16.0.0/12', 'private use'],
  ['192.0.0.0/24', 'protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'former 6to4 relays'],
  ['192.168.0.0/16', 'private use'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['240.0.0.0/4', 'reserved'],
] as const

/** Takes a strict dotted quad. `source` says where the text came from. Throws IP_ADDRESS_INVALID. */
export function parseIpv4(text: string, source: string): Ipv4 {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text as Ipv4
  throw new WcnError('IP_ADDRESS_INVALID', `${source} is ${quote(text)}: ${whyNot(text)}`, {
    hint: 'give an IPv4 address such as 198.51.100.7, in plain decimal',
  })
}

/** Four octets in network order. */
export function ipv4ToBytes(ip: Ipv4): Uint8Array {
  return Uint8Array.from(ip.split('.'), Number)
}

/** Four octets in network order. Throws IP_ADDRESS_INVALID for any other length. */
export function ipv4FromBytes(bytes: Uint8Array): Ipv4 {
  if (bytes.length === 4) return bytes.join('.') as Ipv4
  throw new WcnError('IP_ADDRESS_INVALID', `an IPv4 address has 4 bytes, but ${bytes.length} were given`)
}

/** Name of the special-purpose range the address is in; null when it is publicly routable. */
export function reservedRange(ip: Ipv4): string | null {
  const found = RANGES.find(([range]) => ipaddr.IPv4.parse(ip).match(ipaddr.IPv4.parseCIDR(range)))
  return found ? `${found[1]} (${found[0].replace('/32', '')})` : null
}

/** RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16. */
export function isPrivateUse(ip: Ipv4): boolean {
  return ipaddr.IPv4.parse(ip).range() === 'private'
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

function whyNot(text: string): string {
  if (text === '') return 'an IPv4 address is expected'
  if (/\s/.test(text)) return 'it contains white space'
  if (/^\[?[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%\w+)?\]?(?::\d+)?$/i.test(text)) {
    return 'that is an IPv6 address, and only an IPv4 address will do here'
  }
  if (/^[^:/]+:\d+$/.test(text)) return 'an address is expected without a port'
  if (/^\d[\d.]*\/\d+$/.test(text)) return 'that is a range of addresses, not one address'
  if (/^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*$/i.test(text)) return whyNotNumbers(text)
  if (/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/i.test(text)) {
    return 'that is a host name, and only an IPv4 address will do here'
  }
  return 'that is not an IPv4 address'
}

function whyNotNumbers(text: string): string {
  const octets = text.split('.')
  if (/0x/i.test(text)) return 'octets are written in decimal, not in hex'
  if (octets.length !== 4) return `it has ${octets.length} of the 4 octets an IPv4 address is made of`
  if (octets.some((octet) => /^0[0-9]/.test(octet))) {
    return 'an octet starts with 0, which some programs read as octal and others as decimal'
  }
  return 'an octet is larger than 255'
}
