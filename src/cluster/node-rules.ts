/** Holds the rules for each node that a write brings, and for the list it comes into (judge-write.ts). */

import { isNoHostAddress, reservedRange } from '../base/ipv4.js'
import { requireNodePeerId } from '../base/keys/parse-peer-id.js'
import { parsePort } from '../base/port.js'
import type { WcnError } from '../errors/wcn-error.js'
import type { StoredNode } from './codec/operator-data.js'
import { fault, faultOf, type JudgedWrite, rule, type WriteRule } from './judged-write.js'
import { type PlainNode, plainNode, sameNode } from './plain-node.js'

/** Ranges that make no private address: what answers there is the asking machine itself, or nobody. */
const OF_NO_OTHER_HOST = /this network|loopback|link local|multicast|broadcast|reserved/
const PRIVATE = '--allow-private-addresses'

export const NODE_RULES = {
  'node-peer-id': rule(
    'a new node with a peer ID that no node can prove to have, or whose key everybody has',
    ({ fresh }) =>
      fresh.flatMap(({ node, index }) => faultOf(() => requireNodePeerId(node.peerId, `nodes[${index}].peer_id`))),
  ),
  'port-zero': rule('a new node with port 0', (write) =>
    each(write, ({ primaryPort, secondaryPort }, place) => [
      ...faultOf(() => parsePort(primaryPort, `primary_port of ${place}`)),
      ...faultOf(() => parsePort(secondaryPort, `secondary_port of ${place}`)),
    ]),
  ),
  'equal-ports': rule('a new node with one port for both servers', (write) =>
    each(write, ({ primaryPort, secondaryPort }, place) => {
      if (primaryPort !== secondaryPort) return []
      const sentence = `${place}: primary and secondary port are both ${primaryPort}`
      return fault('PORTS_COLLIDE', sentence, 'the two RPC servers need a UDP port each')
    }),
  ),
  'no-host-address': rule('a new node at an address that no machine has: 0.0.0.0/8, multicast, reserved', (write) =>
    eachAddress(write, (node, place) => (isNoHostAddress(node.ipv4Addr) ? notPublic(node, place) : [])),
  ),
  'public-address': rule(
    'a new node at an address that the internet does not route',
    (write) =>
      eachAddress(write, (node, place) => {
        const dialled = reservedRange(node.ipv4Addr) === null || isNoHostAddress(node.ipv4Addr)
        return dialled || write.allowed.privateAddresses ? [] : notPublic(node, place)
      }),
    PRIVATE,
  ),
  'private-address': rule(
    'a new node whose private address is loopback, link local or the like',
    (write) =>
      eachAddress(write, ({ privateIpv4Addr }, place) => {
        const range = privateIpv4Addr === null ? null : reservedRange(privateIpv4Addr)
        if (range === null || !OF_NO_OTHER_HOST.test(range) || write.allowed.privateAddresses) return []
        return fault(
          'ADDRESS_NOT_ROUTABLE',
          `${place}: no other machine can reach the private address ${privateIpv4Addr} (${range})`,
          `give the address in your private network, or leave it out: clients prefer it when it answers; on a development chain add ${PRIVATE}`,
        )
      }),
    PRIVATE,
  ),
  'node-twice': rule('the same node twice', ({ after, fresh, key, look }) =>
    fresh.flatMap(({ node, index }) => {
      if (!after.nodes.slice(0, index).some((other) => sameNode(other, node))) return []
      const where = key ? ` at ${look(node).ipv4Addr}:${node.primaryPort}` : ''
      return fault('DUPLICATE_NODE', `node ${node.peerId}${where} is listed twice`, 'leave one of them out')
    }),
  ),
  'endpoint-twice': rule('a new node at an address and port of another node of the operator', endpointTwice),
} as const satisfies Readonly<Record<string, WriteRule>>

/**
 * No new node may share an address and a port, in either role, with any other. What is on chain already is left alone: a
 * new deployment's placeholders all share one address. One peer ID for several nodes is legal.
 */
function endpointTwice({ after: { nodes }, fresh, key }: JudgedWrite): readonly WcnError[] {
  if (key === null) return []
  const isFresh = new Set(fresh.map(({ index }) => index))
  const taken = new Map<string, number>()
  return nodes.flatMap((node, index) => {
    const { ipv4Addr, primaryPort, secondaryPort } = plainNode(node, key)
    const endpoints = [...new Set([primaryPort, secondaryPort])].map((port) => `${ipv4Addr}:${port}`)
    const collision = endpoints.flatMap((endpoint) => {
      const place = taken.get(endpoint)
      taken.set(endpoint, index)
      const other = place === undefined ? undefined : nodes[place]
      if (!other || place === undefined || sameNode(other, node)) return []
      return isFresh.has(index) || isFresh.has(place) ? [{ endpoint, other }] : []
    })[0]
    if (!collision) return []
    return fault(
      'PORTS_COLLIDE',
      `two nodes would use ${collision.endpoint}: ${collision.other.peerId} and ${node.peerId}`,
      'nodes that share an address need ports of their own',
    )
  })
}

function each(
  { fresh }: JudgedWrite,
  judge: (node: StoredNode, place: string) => readonly WcnError[],
): readonly WcnError[] {
  return fresh.flatMap(({ node, index }) => judge(node, `nodes[${index}] (${node.peerId})`))
}

/** Nothing can be said of addresses without the key. */
function eachAddress(
  write: JudgedWrite,
  judge: (node: PlainNode, place: string) => readonly WcnError[],
): readonly WcnError[] {
  return write.key === null ? [] : each(write, (node, place) => judge(write.look(node), place))
}

function notPublic({ ipv4Addr }: PlainNode, place: string): readonly WcnError[] {
  return fault(
    'ADDRESS_NOT_ROUTABLE',
    `${place}: ${ipv4Addr} is no public address (${reservedRange(ipv4Addr)}), and nodes dial each other by public address only`,
    `give the address that the internet sees; on a development chain add ${PRIVATE}`,
  )
}
