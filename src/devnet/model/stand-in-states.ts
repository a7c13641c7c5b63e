/** How each stand-in of a network is, in the order of slots: what stand-ins say of themselves, held against the chain. */
import type { Address } from '../../base/address.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ClusterView, OperatorSlot } from '../../cluster/cluster-view.js'
import type { StandInRecord } from './stand-in-record.js'

/** `gone`: its process is, or it ended by itself. `nobody`: a node on chain for which nobody stands in. */
type Condition = 'up' | 'broken' | 'gone' | 'nobody'

export interface StandInState {
  /** Null while no operator has it on chain. */
  readonly slot: number | null
  readonly operator: Address | null
  readonly name: string | null
  /** Of a node on chain: its index. */
  readonly index: number | null
  readonly kind: 'node' | 'database'
  readonly peerId: PeerId
  readonly condition: Condition
  /** Null where nobody stands in. */
  readonly record: StandInRecord | null
}

interface Known {
  /** Processes that are there. */
  readonly lives: ReadonlySet<number>
  /** Whether nodes on chain have stand-ins at all. */
  readonly expected: boolean
}

/** `view` null: no chain answers. Those that no operator has come last. */
export function standInsOf(
  view: ClusterView | null,
  records: readonly StandInRecord[],
  { lives, expected }: Known,
): readonly StandInState[] {
  const left = new Set(records)
  const state = (record: StandInRecord, operator: OperatorSlot | null, index: number | null): StandInState => {
    left.delete(record)
    const condition = !lives.has(record.pid) || (record.problem !== null && record.fault === null) ? 'gone' : 'up'
    return {
      ...whose(operator),
      ...{ index, kind: record.kind, peerId: record.peer_id, record },
      condition: condition === 'up' && record.fault !== null ? 'broken' : condition,
    }
  }
  const states = (view?.operators ?? []).flatMap((operator) => {
    const nodes = operator.decoded?.nodes ?? []
    const found = nodes.flatMap(({ peerId }, index): readonly StandInState[] => {
      const record = records.find((one) => one.kind === 'node' && one.peer_id === peerId)
      if (record) return [state(record, operator, index)]
      if (!expected) return []
      return [{ ...whose(operator), index, kind: 'node', peerId, condition: 'nobody', record: null }]
    })
    const wanted = new Set(found.map(({ record }) => record?.database_peer_id))
    const databases = records.filter((one) => one.kind === 'database' && wanted.has(one.peer_id))
    return [...found, ...databases.map((database) => state(database, operator, null))]
  })
  return [...states, ...[...left].map((record) => state(record, null, null))]
}

function whose(operator: OperatorSlot | null) {
  return { slot: operator?.slot ?? null, operator: operator?.id ?? null, name: operator?.decoded?.name ?? null }
}

/** How commands name it: `0/1`, `0/database`, or its peer ID while nobody has it on chain. */
export function targetOf({ slot, index, kind, peerId }: StandInState): string {
  if (slot === null) return peerId
  return `${slot}/${kind === 'database' ? 'database' : index}`
}
