/** By what a rollout knows the nodes again that it finished, whatever became of their places in the list since. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, type Hex } from '../../base/hex.js'
import type { StoredNode } from '../../cluster/codec/operator-data.js'
import { nodeIdentity } from '../../cluster/plain-node.js'

/** Another one as soon as anything of the node changes on chain. */
export function nodeMark(node: StoredNode): Hex {
  return bytesToHex(sha256(new TextEncoder().encode(nodeIdentity(node))))
}
