/**
 * Makes a node list equal a wanted one as a multiset, moving nothing that can stay (docs/dev/command-line.md, `nodes update -f`).
 * Matching, in this order: identical node, unique peer ID, `ip:port`. Matched nodes keep their place, new ones are
 * appended, order alone is no change.
 */
import { type PlainNode, samePlainNode } from './plain-node.js'

interface ReconciledNode {
  /** Its place in the current list; null for a node that is appended. */
  readonly from: number | null
  readonly node: PlainNode
  readonly changed: boolean
}

export interface Reconciliation {
  readonly nodes: readonly ReconciledNode[]
  readonly removed: readonly PlainNode[]
}

export function reconcileNodes(current: readonly PlainNode[], wanted: readonly PlainNode[]): Reconciliation {
  const successors = new Map<number, PlainNode>()
  let open = [...wanted]
  const free = () => current.flatMap((node, index) => (successors.has(index) ? [] : [{ node, index }]))
  const match = (matches: (old: PlainNode, node: PlainNode) => boolean, unique: boolean) => {
    for (const node of [...open]) {
      const [first, second] = free().filter((old) => matches(old.node, node))
      if (!first) continue
      if (unique && (second || open.filter((rival) => matches(first.node, rival)).length > 1)) continue
      successors.set(first.index, node)
      open = open.toSpliced(open.indexOf(node), 1)
    }
  }
  match(samePlainNode, false)
  match((old, node) => old.peerId === node.peerId, true)
  match((old, node) => old.ipv4Addr === node.ipv4Addr && old.primaryPort === node.primaryPort, true)

  const kept = current.flatMap((old, index) => {
    const node = successors.get(index)
    return node ? [{ from: index, node, changed: !samePlainNode(old, node) }] : []
  })
  return {
    nodes: [...kept, ...open.map((node) => ({ from: null, node, changed: true }))],
    removed: free().map(({ node }) => node),
  }
}
