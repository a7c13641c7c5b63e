/** A node as people write it, and the way to and from what the chain stores (docs/dev/network/wire-format.md, "IP encryption"). */
import type { Ipv4 } from '../base/ipv4.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { decryptIpv4s, encryptIpv4 } from './codec/ip-encryption.js'
import type { StoredNode } from './codec/operator-data.js'

export interface PlainNode {
  readonly peerId: PeerId
  readonly ipv4Addr: Ipv4
  readonly privateIpv4Addr: Ipv4 | null
  readonly primaryPort: number
  readonly secondaryPort: number
}

/** The addresses are encrypted under the node's own peer ID: a new peer ID means new ciphertext. */
export function storeNode(node: PlainNode, key: EncryptionKey): StoredNode {
  const { peerId, ipv4Addr, privateIpv4Addr, primaryPort, secondaryPort } = node
  const encrypted = (ip: Ipv4) => encryptIpv4(key, peerId, ip)
  const privateIpv4 = privateIpv4Addr === null ? null : encrypted(privateIpv4Addr)
  return { peerId, ipv4: encrypted(ipv4Addr), privateIpv4, primaryPort, secondaryPort }
}

/** Without the key both addresses are null: ciphertext is never shown as an address. */
export function plainNode(node: StoredNode, key: EncryptionKey): PlainNode
export function plainNode(node: StoredNode, key: EncryptionKey | null): PlainNode | UnseenNode
export function plainNode(node: StoredNode, key: EncryptionKey | null): PlainNode | UnseenNode {
  return plainNodes([node], key)[0] as PlainNode | UnseenNode
}

/** Many at once, which costs little more than one. */
export function plainNodes(nodes: readonly StoredNode[], key: EncryptionKey): readonly PlainNode[]
export function plainNodes(nodes: readonly StoredNode[], key: EncryptionKey | null): readonly (PlainNode | UnseenNode)[]
export function plainNodes(
  nodes: readonly StoredNode[],
  key: EncryptionKey | null,
): readonly (PlainNode | UnseenNode)[] {
  const publics =
    key &&
    decryptIpv4s(
      key,
      nodes.map(({ peerId, ipv4 }) => ({ peerId, encrypted: ipv4 })),
    )
  const withPrivate = nodes.flatMap(({ peerId, privateIpv4 }) =>
    privateIpv4 ? [{ peerId, encrypted: privateIpv4 }] : [],
  )
  const privates = key && decryptIpv4s(key, withPrivate).values()
  return nodes.map(({ peerId, privateIpv4, primaryPort, secondaryPort }, i) => {
    const privateIpv4Addr = (privateIpv4 && privates?.next().value) ?? null
    return { peerId, ipv4Addr: publics?.[i] ?? null, privateIpv4Addr, primaryPort, secondaryPort }
  })
}

interface UnseenNode extends Omit<PlainNode, 'ipv4Addr'> {
  readonly ipv4Addr: null
}

/** Everything of a node, as ciphertext where it is stored: equal strings are equal nodes. */
export function nodeIdentity(node: StoredNode | PlainNode): string {
  const addresses = 'ipv4' in node ? [node.ipv4, node.privateIpv4] : [node.ipv4Addr, node.privateIpv4Addr]
  return [node.peerId, ...addresses, node.primaryPort, node.secondaryPort].join('|')
}

export function sameNode<T extends StoredNode | PlainNode>(a: T, b: T | undefined): boolean {
  return b !== undefined && nodeIdentity(a) === nodeIdentity(b)
}
