/**
 * From where a database may be reached. It serves everybody who reaches it (docs/dev/network/node-protocol.md, "Opening an API"), so
 * this is all that protects it. How far a private network goes is not in the description: all of RFC 1918 and the
 * carriers' range, which VPNs use (RFC 6598), count as private.
 */
import type { Ipv4 } from '../../base/ipv4.js'
import { type Cidr, cidrAround, isWithin, parseCidr } from '../../base/ipv4-range.js'
import type { Deployment } from '../model/deployment.js'

export const PRIVATE_RANGES: readonly Cidr[] = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'].map(
  (text) => parseCidr(text, 'a private range'),
)
const LOOPBACK = parseCidr('127.0.0.0/8', 'loopback')

export function isPrivate(address: Ipv4): boolean {
  return PRIVATE_RANGES.some((range) => isWithin(address, range))
}

export function isLoopback(address: Ipv4): boolean {
  return isWithin(address, LOOPBACK)
}

/** Without loopback. A database elsewhere than in a private range is reached from its neighbours and its own nodes. */
export function databaseSources({ database, nodes }: Deployment): readonly Cidr[] {
  if (isPrivate(database.address) || isLoopback(database.address)) return PRIVATE_RANGES
  return [
    ...PRIVATE_RANGES,
    cidrAround(database.address, 24),
    ...nodes.flatMap(({ ipv4Addr }) => (ipv4Addr === null ? [] : [cidrAround(ipv4Addr, 32)])),
  ]
}
