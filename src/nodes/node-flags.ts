/** A node as flags give it: values one by one, which are the new ones in `nodes update`, or all of it in one argument. */
import { type Ipv4, parseIpv4 } from '../base/ipv4.js'
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import { parsePort } from '../base/port.js'
import { argumentOrFlag } from '../cli/argument-or-flag.js'
import type { PlainNode } from '../cluster/plain-node.js'
import { WcnError } from '../errors/wcn-error.js'

export interface NodeFlags {
  readonly peerId?: string
  readonly ipAddress?: string
  /** `None` clears it. */
  readonly privateIpAddress?: string
  readonly primaryPort?: string
  readonly secondaryPort?: string
}

/** Throws USAGE where nothing is given; `rest` is said of what is left out. */
export function requireNewValues(flags: NodeFlags, rest = ''): Partial<PlainNode> {
  const values = nodeValues(flags)
  if (Object.keys(values).length > 0) return values
  throw new WcnError('USAGE', 'no new value is given', {
    hint: `give --peer-id, --ip-address, --private-ip-address, --primary-port or --secondary-port${rest}`,
  })
}

/** Only what was given is in the result. */
export function nodeValues(flags: NodeFlags): Partial<PlainNode> {
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

/** `PEER_ID,IPV4,PRIMARY,SECONDARY[,private=IPV4]`: a whole node. `source` is the argument's name in sentences. Throws USAGE, PEER_ID_INVALID, IP_ADDRESS_INVALID, PORT_INVALID. */
export function parseNodeArgument(text: string, source: string): PlainNode {
  const [peerId, ipv4, primary, secondary, last, ...rest] = text.split(',')
  const privateIpv4 = last === undefined ? null : /^private=(.*)$/.exec(last)?.[1]
  if (peerId === undefined || ipv4 === undefined || primary === undefined || secondary === undefined)
    throw malformed(`${source} has ${text.split(',').length} parts instead of 4`)
  if (privateIpv4 === undefined || rest.length > 0) throw malformed(`${source} has more parts than it should`)
  return {
    peerId: parsePeerId(peerId, `the peer ID of ${source}`),
    ipv4Addr: parseIpv4(ipv4, `the address of ${source}`),
    privateIpv4Addr: privateIpv4 === null ? null : parseIpv4(privateIpv4, `the private address of ${source}`),
    primaryPort: parsePort(primary, `the primary port of ${source}`),
    secondaryPort: parsePort(secondary, `the secondary port of ${source}`),
  }
}

function malformed(sentence: string): WcnError {
  return new WcnError('USAGE', sentence, {
    hint: 'write --node PEER_ID,IPV4,PRIMARY_PORT,SECONDARY_PORT, and ,private=IPV4 after it where there is one',
  })
}
