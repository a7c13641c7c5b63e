/**
 * Makes a node list equal a wanted one as a multiset, moving nothing that can stay (docs/dev/command-line.md, `nodes update -f`).
 * Matching, in this order: identical node, unique peer ID, `ip:port`. Matched nodes keep their place, new ones are
 * appended, order alone is no change.
 */
import { pairUp } from './pair-up.js'
import { nodeIdentity, type PlainNode } from './plain-node.js'

export interface Reconciliation {
  /** `from`: its place in the current list; null for a node that is appended. */
  readonly nodes: readonly { readonly from: number | null; readonly node: PlainNode }[]
  readonly removed: readonly PlainNode[]
}

export function reconcileNodes(current: readonly PlainNode[], wanted: readonly PlainNode[]): Reconciliation {
  const signs = [
    nodeIdentity,
    ({ peerId }: PlainNode) => peerId,
    ({ ipv4Addr, primaryPort }: PlainNode) => `${ipv4Addr}:${primaryPort}`,
  ]
  const pairs = pairUp(current, wanted, signs, { unique: true }).toSorted(([a], [b]) => a - b)
  const [kept, matched] = [new Set(pairs.map(([from]) => from)), new Set(pairs.map(([, to]) => to))]
  return {
    nodes: [
      ...pairs.flatMap(([from, to]) => wanted.slice(to, to + 1).map((node) => ({ from, node }))),
      ...wanted.filter((_, to) => !matched.has(to)).map((node) => ({ from: null, node })),
    ],
    removed: current.filter((_, from) => !kept.has(from)),
  }
}
