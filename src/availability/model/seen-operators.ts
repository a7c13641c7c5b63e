/**
 * Every operator and node as they were seen: from this machine, through a node of one's own, or both. Nobody is left out;
 * whoever answers either of the two is there.
 */
import type { Address } from '../../base/address.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import {
  answersAsItself,
  isCaughtUp,
  isLive,
  type NodeStanding,
  type NodeState,
  type OperatorState,
  operatorState,
} from '../../health/model/node-standing.js'

type Standings = ReadonlyMap<number, readonly NodeStanding[] | null>

/** Null: that way was not taken. */
export interface Ways {
  readonly probe: Standings | null
  readonly via: Standings | null
}

export interface SeenNode extends NodeStanding {
  readonly caughtUp: boolean | null
  /** By each of the two ways; `not-asked` where that was not taken. */
  readonly probe: NodeState
  readonly via: NodeState
}

export interface SeenOperator {
  readonly slot: number
  readonly id: Address
  /** Untrusted text; null where its data does not decode. */
  readonly name: string | null
  /** Of its data on chain. */
  readonly dataBytes: number
  readonly inKeyspace: boolean
  /** Null where no migration runs. */
  readonly inNewKeyspace: boolean | null
  /** Whether it still pulls data. */
  readonly pulls: boolean
  readonly state: OperatorState
  readonly live: boolean | null
  readonly nodes: readonly SeenNode[]
}

/** In the order of their slots. */
export function seenOperators(view: ClusterView, ways: Ways): readonly SeenOperator[] {
  return view.operators.map(({ slot, id, data, decoded }) => {
    const [probe, via] = [ways.probe?.get(slot) ?? null, ways.via?.get(slot) ?? null]
    const nodes = decoded?.nodes.flatMap((_, index) => seenNode(probe?.[index] ?? null, via?.[index] ?? null) ?? [])
    const state = operatorState(nodes ?? null)
    return {
      ...{
        slot,
        id,
        name: decoded?.name ?? null,
        dataBytes: data.length,
        state,
        live: isLive(state),
        nodes: nodes ?? [],
      },
      inKeyspace: view.keyspace.includes(slot),
      inNewKeyspace: view.newKeyspace?.includes(slot) ?? null,
      pulls: view.pullingOperators?.includes(slot) ?? false,
    }
  })
}

function seenNode(probe: NodeStanding | null, via: NodeStanding | null): SeenNode | null {
  const told = [probe, via].filter((one) => one !== null)
  const best =
    told.find(answersAsItself) ?? told.find(({ state }) => state !== 'unknown' && state !== 'not-asked') ?? told[0]
  if (best === undefined) return null
  const other = told.find((one) => one !== best && answersAsItself(one))
  const standing: NodeStanding = {
    ...best,
    problem: best.problem ?? told.find(({ problem }) => problem !== null)?.problem ?? null,
    softwareVersion: best.softwareVersion ?? other?.softwareVersion ?? null,
    clusterBehind: best.clusterBehind ?? other?.clusterBehind ?? null,
    keyspaceBehind: best.keyspaceBehind ?? other?.keyspaceBehind ?? null,
    database: best.database ?? other?.database ?? null,
    databaseVersion: best.databaseVersion ?? other?.databaseVersion ?? null,
  }
  return {
    ...standing,
    caughtUp: isCaughtUp(standing),
    probe: probe?.state ?? 'not-asked',
    via: via?.state ?? 'not-asked',
  }
}

/** For the quorum: whose replicas are live, and of whom that is not known. */
export function knownLive(operators: readonly SeenOperator[]) {
  const having = (live: boolean | null) => new Set(operators.filter((one) => one.live === live).map(({ slot }) => slot))
  return { live: having(true), unknown: having(null) }
}
