/** A node as people write it, and the way to and from what the chain stores (docs/dev/network/wire-format.md, "IP encryption"). */
import type { Ipv4 } from '../base/ipv4.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { decryptIpv4, encryptIpv4 } from './codec/ip-encryption.js'
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
  return {
    peerId: node.peerId,
    ipv4: encryptIpv4(key, node.peerId, node.ipv4Addr),
    privateIpv4: node.privateIpv4Addr === null ? null : encryptIpv4(key, node.peerId, node.privateIpv4Addr),
    primaryPort: node.primaryPort,
    secondaryPort: node.secondaryPort,
  }
}

export function plainNode(node: StoredNode, key: EncryptionKey): PlainNode {
  return {
    peerId: node.peerId,
    ipv4Addr: decryptIpv4(key, node.peerId, node.ipv4),
    privateIpv4Addr: node.privateIpv4 === null ? null : decryptIpv4(key, node.peerId, node.privateIpv4),
    primaryPort: node.primaryPort,
    secondaryPort: node.secondaryPort,
  }
}

export function samePlainNode(a: PlainNode, b: PlainNode): boolean {
  return (
    a.peerId === b.peerId &&
    a.ipv4Addr === b.ipv4Addr &&
    a.privateIpv4Addr === b.privateIpv4Addr &&
    a.primaryPort === b.primaryPort &&
    a.secondaryPort === b.secondaryPort
  )
}
