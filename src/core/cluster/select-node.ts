/** Which node of a list somebody means: its index (from 0), its peer ID or `ip:port` (design/cli.md). */
import { WcnError } from '../../errors/wcn-error.js'
import { parseIpv4 } from '../ipv4.js'
import type { EncryptionKey } from '../keys/encryption-key.js'
import { parsePeerId } from '../keys/parse-peer-id.js'
import { decryptIpv4 } from '../onchain/ip-encryption.js'
import type { StoredNode } from '../onchain/operator-data.js'
import { parsePort } from '../port.js'
import { quote } from '../quote.js'
import { nodeIdentity } from './operator-changes.js'
import { nodeJson } from './to-json.js'

const INDEX = /^(?:0|[1-9]\d{0,3})$/

/** Whether finding this node takes the encryption key. */
export function selectsByAddress(selector: string): boolean {
  return selector.includes(':')
}

/** The node's place in the list. Throws SELECTOR_NO_MATCH, SELECTOR_AMBIGUOUS and what the parsers throw. */
export function selectNode(nodes: readonly StoredNode[], selector: string, key: EncryptionKey | null): number {
  const matches = nodes.map((_, index) => index).filter(matcher(nodes, selector, key))
  const [index, second] = matches
  if (index === undefined)
    throw new WcnError('SELECTOR_NO_MATCH', `no node of this operator matches ${quote(selector)}`, {
      hint: '`wcn nodes list` shows them with their indexes',
      details: { nodes: nodes.length },
    })
  if (second !== undefined)
    throw new WcnError(
      'SELECTOR_AMBIGUOUS',
      `${quote(selector)} matches ${matches.length} nodes: ${matches.join(', ')}`,
      {
        hint: 'select one by its index',
        details: { matches },
      },
    )
  return index
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
  const moved = now.findIndex((node) => nodeIdentity(node) === nodeIdentity(meant))
  if (moved >= 0) return moved
  throw new WcnError(
    'STATE_CHANGED',
    `another write changed or removed the node that ${quote(selector)} means; nothing was sent`,
    {
      hint: 'look at what is on chain with `wcn nodes list`, and run the command again',
      details: { meant: nodeJson(meant, key), nodes: now.map((node) => nodeJson(node, key)) },
    },
  )
}

function matcher(nodes: readonly StoredNode[], selector: string, key: EncryptionKey | null) {
  if (INDEX.test(selector)) return (index: number) => index === Number(selector)
  if (selectsByAddress(selector)) {
    const colon = selector.lastIndexOf(':')
    const ip = parseIpv4(selector.slice(0, colon), 'the address of the node')
    const port = parsePort(selector.slice(colon + 1), 'the port of the node')
    return (index: number) => {
      const node = nodes[index]
      return (
        node !== undefined &&
        key !== null &&
        (node.primaryPort === port || node.secondaryPort === port) &&
        decryptIpv4(key, node.peerId, node.ipv4) === ip
      )
    }
  }
  const peerId = parsePeerId(selector, 'the node')
  return (index: number) => nodes[index]?.peerId === peerId
}
