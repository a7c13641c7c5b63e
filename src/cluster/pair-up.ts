/** Finds for each item of a new list the one of the old list that it stands for. */
import { nodeIdentity, type PlainNode } from './plain-node.js'

/** What an item and its successor have in common; null where that can't be told. */
export type Sign<T> = (item: T, index: number) => string | null

/**
 * Pairs of places, old and new. The surest sign comes first; equal signs pair in their order, with `unique` (but for the
 * first sign, by which items are the same) only where no other item shares them.
 */
export function pairUp<T>(
  before: readonly T[],
  after: readonly T[],
  signs: readonly Sign<T>[],
  { unique = false }: { readonly unique?: boolean } = {},
): readonly (readonly [from: number, to: number])[] {
  const pairs: (readonly [number, number])[] = []
  signs.forEach((sign, rank) => {
    const olds = placesBySign(before, sign, new Set(pairs.map(([from]) => from)))
    const news = placesBySign(after, sign, new Set(pairs.map(([, to]) => to)))
    for (const [shared, places] of news) {
      const free = olds.get(shared) ?? []
      if (unique && rank > 0 && (free.length > 1 || places.length > 1)) continue
      for (const [nth, to] of places.entries()) {
        const from = free[nth]
        if (from !== undefined) pairs.push([from, to])
      }
    }
  })
  return pairs
}

function placesBySign<T>(items: readonly T[], sign: Sign<T>, paired: ReadonlySet<number>) {
  const places = new Map<string, number[]>()
  items.forEach((item, index) => {
    const shared = paired.has(index) ? null : sign(item, index)
    if (shared === null) return
    const others = places.get(shared)
    if (others) others.push(index)
    else places.set(shared, [index])
  })
  return places
}

interface Reconciliation {
  /** `from`: its place in the current list; null for a node that is appended. */
  readonly nodes: readonly { readonly from: number | null; readonly node: PlainNode }[]
  readonly removed: readonly PlainNode[]
}

/**
 * Makes a node list equal a wanted one as a multiset, moving nothing that can stay (docs/dev/command-line.md, `nodes update -f`).
 * Matching, in this order: identical node, unique peer ID, `ip:port`. Matched nodes keep their place, new ones are
 * appended, order alone is no change.
 */
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
