/** Ranges of IPv4 addresses as people write them, such as `10.0.10.0/24`. */
import ipaddr from 'ipaddr.js'
import { WcnError } from '../errors/wcn-error.js'
import { type Ipv4, parseIpv4 } from './ipv4.js'
import { quote } from './quote.js'

declare const brand: unique symbol
/** The first address, a slash, and how many bits all addresses have in common. */
export type Cidr = string & { readonly [brand]: 'Cidr' }

/** Throws SETTING_INVALID where bits are set after the prefix, IP_ADDRESS_INVALID. */
export function parseCidr(text: string, source: string): Cidr {
  const [, address = '', bits = ''] = /^([^/]+)\/(0|[1-9][0-9]?)$/.exec(text) ?? []
  const invalid = (what: string) =>
    new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not a range${what}`)
  if (address === '' || Number(bits) > 32) throw invalid(' of addresses such as 10.0.10.0/24')
  const range = cidrAround(parseIpv4(address, source), Number(bits))
  if (range === text) return range
  throw invalid(`: its first address would be ${firstIn(range)}`)
}

/** The range of that size which the address is in. */
export function cidrAround(address: Ipv4, prefixBits: number): Cidr {
  return `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefixBits}`)}/${prefixBits}` as Cidr
}

export function prefixBits(range: Cidr): number {
  return ipaddr.IPv4.parseCIDR(range)[1]
}

export function firstIn(range: Cidr): Ipv4 {
  return ipaddr.IPv4.parseCIDR(range)[0].toString() as Ipv4
}

export function lastIn(range: Cidr): Ipv4 {
  return ipaddr.IPv4.broadcastAddressFromCIDR(range).toString() as Ipv4
}

export function isWithin(address: Ipv4, range: Cidr): boolean {
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(range))
}

export function isPartOf(inner: Cidr, outer: Cidr): boolean {
  return prefixBits(inner) >= prefixBits(outer) && isWithin(firstIn(inner), outer)
}
