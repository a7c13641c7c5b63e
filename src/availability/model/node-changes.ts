/** Which nodes are not as they were a look ago: each change is told once, however often a node comes and goes. */
import type { SeenNode, SeenOperator } from './seen-operators.js'

export interface NodeChange {
  readonly slot: number
  /** Untrusted text; null where its data does not decode. */
  readonly name: string | null
  readonly index: number
  readonly peer_id: string
  /** As `state`, or `behind` or `no-database` of one that is up; null: it was not, or is no more, on chain. */
  readonly from: string | null
  readonly to: string | null
}

/** Gives a function that is told each look; null for the first, which nothing is held against. */
export function createChanges() {
  let before: ReadonlyMap<string, Omit<NodeChange, 'from'>> | null = null
  return (operators: readonly SeenOperator[]): readonly NodeChange[] | null => {
    const now: ReadonlyMap<string, Omit<NodeChange, 'from'>> = new Map(
      operators.flatMap(({ slot, name, nodes }) =>
        nodes.map((node) => {
          const { index, peerId } = node
          return [`${slot} ${peerId}`, { slot, name, index, peer_id: peerId, to: condition(node) }] as const
        }),
      ),
    )
    const was = before
    before = now
    if (was === null) return null
    const gone = [...was].filter(([key]) => !now.has(key))
    return [
      ...[...now].flatMap(([key, node]): readonly NodeChange[] => {
        const from = was.get(key)?.to ?? null
        return from === node.to ? [] : [{ ...node, from }]
      }),
      ...gone.map(([, node]) => ({ ...node, from: node.to, to: null })),
    ]
  }
}

function condition({ state, caughtUp, database }: SeenNode): string {
  if (state !== 'up') return state
  if (caughtUp === false) return 'behind'
  return database === false ? 'no-database' : 'up'
}
