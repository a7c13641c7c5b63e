/**
 * What the network, the contract or plain safety demand of data before it is written (spec/wire-format.md,
 * "Operator data blob" and "Limits"; design/reliability.md 3). Reading is lenient; this is the strict side.
 */
import { WcnError } from '../../errors/wcn-error.js'
import { isNoHostAddress, reservedRange } from '../ipv4.js'
import { requireNodePeerId } from '../keys/parse-peer-id.js'
import { encodeOperatorData, MIN_NODES, type OperatorData } from '../onchain/operator-data.js'
import { quote } from '../quote.js'
import { type PlainNode, samePlainNode } from './plain-node.js'

const MAX_NAME_BYTES = 32
/** Ranges that make no private address: what answers there is the asking machine itself, or nobody. */
const OF_NO_OTHER_HOST = /this network|loopback|link local|multicast|broadcast|reserved/

/** The blob to write. Throws NAME_TOO_LONG, TOO_FEW_NODES, DATA_TOO_LARGE. */
export function requireValidOperatorData(
  data: OperatorData,
  { maxOperatorDataBytes }: { readonly maxOperatorDataBytes: number },
): Uint8Array {
  requireName(data.name)
  if (data.nodes.length < MIN_NODES)
    throw new WcnError(
      'TOO_FEW_NODES',
      `an operator needs at least ${MIN_NODES} nodes, and this would leave ${data.nodes.length}: the network could not read its data`,
      { hint: 'add the new node before you remove the old one, or replace it with `wcn nodes update`' },
    )
  const blob = encodeOperatorData(data)
  if (blob.length > maxOperatorDataBytes)
    throw new WcnError(
      'DATA_TOO_LARGE',
      `the operator's data would be ${blob.length} bytes, and the cluster allows ${maxOperatorDataBytes}`,
      {
        hint: 'remove nodes or clients',
        details: { data_bytes: blob.length, max_operator_data_bytes: maxOperatorDataBytes },
      },
    )
  return blob
}

/** Throws NAME_TOO_LONG: the limit counts bytes of UTF-8, not characters. */
export function requireName(name: string): string {
  const bytes = new TextEncoder().encode(name).length
  if (bytes <= MAX_NAME_BYTES) return name
  throw new WcnError(
    'NAME_TOO_LONG',
    `the name ${quote(name)} is ${bytes} bytes long, and ${MAX_NAME_BYTES} are allowed`,
    {
      hint: 'letters outside ASCII take two to four bytes each',
      details: { bytes, max_bytes: MAX_NAME_BYTES },
    },
  )
}

/**
 * For a node that is created or changed; what is on chain already stays as it is. Throws PEER_ID_NOT_A_KEY,
 * ADDRESS_NOT_ROUTABLE, PORTS_COLLIDE.
 */
export function requireUsableNode(node: PlainNode, allowPrivateAddresses: boolean, source: string): PlainNode {
  requireNodePeerId(node.peerId, source)
  const range = reservedRange(node.ipv4Addr)
  if (range !== null && (!allowPrivateAddresses || isNoHostAddress(node.ipv4Addr)))
    throw new WcnError(
      'ADDRESS_NOT_ROUTABLE',
      `${source}: ${node.ipv4Addr} is no public address (${range}), and nodes dial each other by public address only`,
      { hint: 'give the address that the internet sees; on a development chain add --allow-private-addresses' },
    )
  const inner = node.privateIpv4Addr === null ? null : reservedRange(node.privateIpv4Addr)
  if (inner !== null && OF_NO_OTHER_HOST.test(inner) && !allowPrivateAddresses)
    throw new WcnError(
      'ADDRESS_NOT_ROUTABLE',
      `${source}: no other machine can reach the private address ${node.privateIpv4Addr} (${inner})`,
      { hint: 'give the address in your private network, or leave it out: clients prefer it when it answers' },
    )
  if (node.primaryPort === node.secondaryPort)
    throw new WcnError('PORTS_COLLIDE', `${source}: primary and secondary port are both ${node.primaryPort}`, {
      hint: 'the two RPC servers need a UDP port each',
    })
  return node
}

/**
 * No fresh node may share an address and a port, in either role, with any other. What is on chain already is left
 * alone: a new deployment's placeholders all share one address. Throws DUPLICATE_NODE for equal nodes, PORTS_COLLIDE
 * otherwise. One peer ID for several nodes is legal.
 */
export function requireDistinctEndpoints(
  nodes: readonly PlainNode[],
  fresh: ReadonlySet<PlainNode> = new Set(nodes),
): void {
  const taken = new Map<string, PlainNode>()
  for (const node of nodes)
    for (const port of new Set([node.primaryPort, node.secondaryPort])) {
      const endpoint = `${node.ipv4Addr}:${port}`
      const other = taken.get(endpoint)
      if (other && (fresh.has(node) || fresh.has(other))) throw collision(endpoint, other, node)
      taken.set(endpoint, node)
    }
}

function collision(endpoint: string, a: PlainNode, b: PlainNode): WcnError {
  return samePlainNode(a, b)
    ? new WcnError('DUPLICATE_NODE', `node ${b.peerId} at ${endpoint} is in the list twice`, {
        hint: 'leave one of them out',
      })
    : new WcnError('PORTS_COLLIDE', `two nodes would use ${endpoint}: ${a.peerId} and ${b.peerId}`, {
        hint: 'nodes that share an address need ports of their own',
      })
}
