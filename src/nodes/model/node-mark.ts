/** Marks the nodes that a rollout has finished, so that it recognises them wherever they are in the list later. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, type Hex } from '../../base/hex.js'
import type { StoredNode } from '../../cluster/codec/operator-data.js'
import { nodeIdentity } from '../../cluster/plain-node.js'

/** Another one as soon as anything of the node changes on chain. */
export function nodeMark(node: StoredNode): Hex {
  return bytesToHex(sha256(new TextEncoder().encode(nodeIdentity(node))))
}
