/**
 * Rules for nftables, in a table of their own that leaves every other one alone. A drop is final in whichever table it
 * happens; what is let through here can still be dropped elsewhere.
 */
import { type Cidr, isPartOf } from '../../base/ipv4-range.js'

export interface NftRules {
  /** `prerouting`: before Docker's own rules lead packets around the host's firewall. */
  readonly hook: 'input' | 'prerouting'
  readonly sources: readonly Cidr[]
  readonly rules: readonly string[]
}

const PRIORITY = { input: 'filter', prerouting: 'raw' } as const

/** Replaces the table of an earlier run as one transaction. `rules` know the set `@private`. */
export function nftTable({ hook, sources, rules }: NftRules): string {
  return `# Made if it is not there, so that it can be deleted: loading this twice is no error.
table inet wcn
delete table inet wcn

table inet wcn {
	set private {
		type ipv4_addr
		flags interval
		elements = { ${disjoint(sources).join(', ')} }
	}

	chain ${hook} {
		type filter hook ${hook} priority ${PRIORITY[hook]}; policy accept;
		iif "lo" accept
${rules.map((rule) => `\t\t${rule}\n`).join('')}	}
}
`
}

export function portSet(ports: readonly number[]): string {
  return `{ ${[...new Set(ports)].sort((a, b) => a - b).join(', ')} }`
}

/** A set of intervals refuses elements that overlap. */
function disjoint(ranges: readonly Cidr[]): readonly Cidr[] {
  const distinct = [...new Set(ranges)]
  return distinct.filter((range) => !distinct.some((other) => other !== range && isPartOf(range, other)))
}
