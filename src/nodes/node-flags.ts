/** A node's values as flags give them; the same flags are the new values in `nodes update`. */
import { type Ipv4, parseIpv4 } from '../base/ipv4.js'
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { parsePort } from '../base/port.js'
import { argumentOrFlag } from '../cli/argument-or-flag.js'

export interface NodeFlags {
  readonly peerId?: string
  readonly ipAddress?: string
  /** `None` clears it. */
  readonly privateIpAddress?: string
  readonly primaryPort?: string
  readonly secondaryPort?: string
}

export interface NodeValues {
  readonly peerId?: PeerId
  readonly ipv4Addr?: Ipv4
  readonly privateIpv4Addr?: Ipv4 | null
  readonly primaryPort?: number
  readonly secondaryPort?: number
}

/** Only what was given is in the result. */
export function nodeValues(flags: NodeFlags): NodeValues {
  const { peerId, ipAddress, privateIpAddress, primaryPort, secondaryPort } = flags
  return {
    ...(peerId === undefined ? {} : { peerId: parsePeerId(peerId, '--peer-id') }),
    ...(ipAddress === undefined ? {} : { ipv4Addr: parseIpv4(ipAddress, '--ip-address') }),
    ...(privateIpAddress === undefined ? {} : { privateIpv4Addr: privateAddress(privateIpAddress) }),
    ...(primaryPort === undefined ? {} : { primaryPort: parsePort(primaryPort, '--primary-port') }),
    ...(secondaryPort === undefined ? {} : { secondaryPort: parsePort(secondaryPort, '--secondary-port') }),
  }
}

function privateAddress(text: string): Ipv4 | null {
  return text.toLowerCase() === 'none' ? null : parseIpv4(text, '--private-ip-address')
}

/** The node meant by the argument or, as the Rust tool spells it, by `-i/--index`. Throws USAGE. */
export function requireSelector({ node, index }: { readonly node?: string; readonly index?: string }): string {
  return argumentOrFlag(node, index, { noun: 'node', forms: 'its index, peer ID or ip:port' })
}
