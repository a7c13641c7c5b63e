/** Which operators store which shards, kept from look to look: with many operators that takes a second to find out. */
import type { ClusterView } from './cluster-view.js'
import { REPLICATION_FACTOR, replicaSets, shardsPerOperator, shardsToPull } from './keyspace.js'
import type { Replicas } from './quorum.js'

type Keyspaces = Pick<ClusterView, 'keyspace' | 'newKeyspace'>

/** By slot, of the 65 536 shards. */
export interface ShardCounts {
  readonly stored: ReadonlyMap<number, number>
  /** Null where no migration runs. */
  readonly pulled: ReadonlyMap<number, number> | null
}

/** Null for a keyspace that the network's nodes reject: too few operators. */
export function createReplicas(): (view: Keyspaces) => Replicas | null {
  const known = new Map<string, Uint8Array>()
  const setsOf = (slots: readonly number[]) => {
    const name = slots.join()
    const sets = known.get(name) ?? replicaSets(slots)
    known.set(name, sets)
    return sets
  }
  return ({ keyspace, newKeyspace }) => {
    const tooFew = [keyspace, newKeyspace].some((slots) => slots !== null && slots.length < REPLICATION_FACTOR)
    return tooFew ? null : { serving: setsOf(keyspace), next: newKeyspace && setsOf(newKeyspace) }
  }
}

/** Null as above. */
export function shardCounts(view: Keyspaces): ShardCounts | null {
  const replicas = createReplicas()(view)
  if (replicas === null) return null
  const { serving, next } = replicas
  return { stored: shardsPerOperator(serving), pulled: next && shardsToPull(serving, next) }
}
