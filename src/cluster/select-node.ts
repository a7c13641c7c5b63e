/** Which node of a list somebody means: its index (from 0), its peer ID or `ip:port` (docs/dev/command-line.md). */

import { parseIpv4 } from '../base/ipv4.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { parsePort } from '../base/port.js'
import { quote } from '../base/quote.js'
import { WcnError } from '../errors/wcn-error.js'
import { decryptIpv4 } from './codec/ip-encryption.js'
import type { StoredNode } from './codec/operator-data.js'
import { sameNode } from './plain-node.js'
import { nodeJson, nodesJson } from './to-json.js'

const INDEX = /^(?:0|[1-9]\d{0,3})$/

export type NodeSelector = ReturnType<typeof parseNodeSelector>

/** Whether finding this node takes the encryption key. */
export function selectsByAddress(selector: string): boolean {
  return selector.includes(':')
}

/** The node's place in the list. Throws SELECTOR_NO_MATCH, SELECTOR_AMBIGUOUS and what the parsers throw. */
export function selectNode(nodes: readonly StoredNode[], selector: string, key: EncryptionKey | null): number {
  const matches = matchingNodes(nodes, parseNodeSelector(selector), key)
  const [index, second] = matches
  if (index === undefined)
    throw new WcnError('SELECTOR_NO_MATCH', `no node of this operator matches ${quote(selector)}`, {
      hint: '`wcn nodes list` shows them with their indexes',
      details: { nodes: nodes.length },
    })
  if (second !== undefined) throw ambiguousSelector(selector, matches, 'its index')
  return index
}

/** `surer`: by what else it can be selected. */
export function ambiguousSelector(selector: string, matches: readonly number[], surer: string): WcnError {
  const sentence = `${quote(selector)} matches ${matches.length} nodes: ${matches.join(', ')}`
  return new WcnError('SELECTOR_AMBIGUOUS', sentence, { hint: `select one by ${surer}`, details: { matches } })
}

/**
 * The place that the node meant in `first`, the list as first read, has in `now`. Throws STATE_CHANGED where another
 * write removed or changed it meanwhile: a neighbour must never be hit in its stead.
 */
export function selectBoundNode(
  first: readonly StoredNode[],
  now: readonly StoredNode[],
  selector: string,
  key: EncryptionKey | null,
): number {
  const place = selectNode(first, selector, key)
  const meant = first[place]
  if (first === now || meant === undefined) return place
  const moved = now.findIndex((node) => sameNode(node, meant))
  if (moved >= 0) return moved
  throw new WcnError(
    'STATE_CHANGED',
    `another write changed or removed the node that ${quote(selector)} means; nothing was sent`,
    {
      hint: 'look at what is on chain with `wcn nodes list`, and run the command again',
      details: { meant: nodeJson(meant, key), nodes: nodesJson(now, key) },
    },
  )
}

/** Places of all nodes that a selector fits, in their order. */
export function matchingNodes(
  nodes: readonly StoredNode[],
  selector: NodeSelector,
  key: EncryptionKey | null,
): readonly number[] {
  const fits = (node: StoredNode, index: number): boolean => {
    switch (selector.kind) {
      case 'index':
        return index === selector.index
      case 'peer-id':
        return node.peerId === selector.peerId
      case 'endpoint':
        return (
          key !== null &&
          (node.primaryPort === selector.port || node.secondaryPort === selector.port) &&
          decryptIpv4(key, node.peerId, node.ipv4) === selector.ipv4Addr
        )
    }
  }
  return nodes.flatMap((node, index) => (fits(node, index) ? [index] : []))
}

/** Shorter text was hardly meant as a peer ID: those of keys have 46 characters and more. */
const MAYBE_PEER_ID_LENGTH = 40

/** An endpoint is either of its ports. Throws PEER_ID_INVALID, IP_ADDRESS_INVALID, PORT_INVALID. */
export function parseNodeSelector(text: string) {
  if (INDEX.test(text)) return { kind: 'index', index: Number(text) } as const
  if (!selectsByAddress(text)) return { kind: 'peer-id', peerId: parsePeerIdOfNode(text) } as const
  const colon = text.lastIndexOf(':')
  return {
    kind: 'endpoint',
    ipv4Addr: parseIpv4(text.slice(0, colon), 'the address of the node'),
    port: parsePort(text.slice(colon + 1), 'the port of the node'),
  } as const
}

function parsePeerIdOfNode(text: string): PeerId {
  try {
    return parsePeerId(text, 'the node')
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    const sentence =
      text.length < MAYBE_PEER_ID_LENGTH
        ? `the node is ${quote(text)}, which is no index from 0, no peer ID and no ip:port`
        : error.message
    const hint =
      'name it by its index (from 0), its peer ID or one of its ports as ip:port: `wcn nodes list` shows them'
    throw error.retold({ message: sentence, hint })
  }
}
