/**
 * What a freshly deployed cluster gives every operator until it registers nodes of its own, as the network's own
 * deployments do (docs/dev/network/contract.md): two equal nodes at an address that nobody can dial, under a peer ID without a key.
 */
import { parseIpv4 } from '../base/ipv4.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { peerIdFromBytes } from '../base/keys/peer-id.js'
import type { OperatorData } from './codec/operator-data.js'
import { storeNode } from './plain-node.js'

const IDENTITY_MULTIHASH = 0x00

/** `digest`: 32 random bytes. */
export function placeholderOperator(name: string, digest: Uint8Array, key: EncryptionKey): OperatorData {
  const node = storeNode(
    {
      peerId: peerIdFromBytes(Uint8Array.of(IDENTITY_MULTIHASH, digest.length, ...digest)),
      ipv4Addr: parseIpv4('10.0.0.0', 'the placeholder'),
      privateIpv4Addr: null,
      primaryPort: 3010,
      secondaryPort: 3011,
    },
    key,
  )
  return { name, nodes: [node, node], clients: [] }
}
