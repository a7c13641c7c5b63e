/** The nodes of an operator as they should answer. */

import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { StoredNode } from '../../cluster/codec/operator-data.js'
import { type PlainNode, plainNodes } from '../../cluster/plain-node.js'

export interface ExpectedNode extends Pick<PlainNode, 'peerId' | 'ipv4Addr' | 'primaryPort' | 'secondaryPort'> {
  /** How it is named to people: `nodes[0]`, as everywhere for a place in the operator's list, or `the new node`. */
  readonly label: string
  /** Its place in the operator's list; null where it is not on chain. */
  readonly index: number | null
}

/** Those on chain, in the order of their list. */
export function expectedNodes(nodes: readonly StoredNode[], key: EncryptionKey): readonly ExpectedNode[] {
  return plainNodes(nodes, key).map((node, index) => expectedNode(node, index))
}

/** `index` null: it is not on chain; then it goes by `label`. */
export function expectedNode(node: PlainNode, index: number | null, label = `nodes[${index}]`): ExpectedNode {
  const { peerId, ipv4Addr, primaryPort, secondaryPort } = node
  return { label, index, peerId, ipv4Addr, primaryPort, secondaryPort }
}
