/**
 * From where a database may be reached, and the rules of nftables that see to it. It serves everybody who reaches it
 * (docs/dev/network/node-protocol.md, "Opening an API"), so this is all that protects it. How far a private network goes
 * is not in the description: all of RFC 1918 and the carriers' range, which VPNs use (RFC 6598), count as private.
 */
import type { Ipv4 } from '../../base/ipv4.js'
import { type Cidr, cidrAround, isPartOf, isWithin, parseCidr } from '../../base/ipv4-range.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Deployment } from '../model/deployment.js'
import type { TargetPlan } from './target-file.js'

export const PRIVATE_RANGES: readonly Cidr[] = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'].map(
  (text) => parseCidr(text, 'a private range'),
)
const LOOPBACK = parseCidr('127.0.0.0/8', 'loopback')

export function isPrivate(address: Ipv4): boolean {
  return PRIVATE_RANGES.some((range) => isWithin(address, range))
}

/** Throws SETTING_INVALID where nobody else would reach the database. */
export function refuseLoopback({ deployment, origin }: TargetPlan, why: string, hint: string): void {
  const { address } = deployment.database
  if (!isWithin(address, LOOPBACK)) return
  throw new WcnError('SETTING_INVALID', `${origin(['database', 'address'])} is ${address}, ${why}`, { hint })
}

/** Without loopback. A database elsewhere than in a private range is reached from its neighbours and its own nodes. */
export function databaseSources({ database, nodes }: Deployment): readonly Cidr[] {
  if (isPrivate(database.address) || isWithin(database.address, LOOPBACK)) return PRIVATE_RANGES
  const own = nodes.flatMap(({ ipv4Addr }) => (ipv4Addr === null ? [] : [cidrAround(ipv4Addr, 32)]))
  return [...PRIVATE_RANGES, cidrAround(database.address, 24), ...own]
}

/**
 * A table of its own, which leaves every other one alone and replaces that of an earlier run as one transaction. A drop is
 * final in whichever table it happens; what is let through here can still be dropped elsewhere. `rules` know the set
 * `@private`. `prerouting`: before Docker's own rules lead packets around the host's firewall.
 */
export function nftTable(hook: 'input' | 'prerouting', sources: readonly Cidr[], rules: readonly string[]): string {
  // A set of intervals refuses elements that overlap.
  const distinct = [...new Set(sources)]
  const disjoint = distinct.filter((range) => !distinct.some((other) => other !== range && isPartOf(range, other)))
  return `# Made if it is not there, so that it can be deleted: loading this twice is no error.
table inet wcn
delete table inet wcn

table inet wcn {
	set private {
		type ipv4_addr
		flags interval
		elements = { ${disjoint.join(', ')} }
	}

	chain ${hook} {
		type filter hook ${hook} priority ${hook === 'input' ? 'filter' : 'raw'}; policy accept;
		iif "lo" accept
${rules.map((rule) => `\t\t${rule}\n`).join('')}	}
}
`
}

export function portSet(ports: readonly number[]): string {
  return `{ ${[...new Set(ports)].sort((a, b) => a - b).join(', ')} }`
}
