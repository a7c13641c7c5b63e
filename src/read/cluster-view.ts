/** `cluster view`: everything the contract holds; with `--shards` also what follows from it for each operator's data. */

import type { ActionResult, Services } from '../cli/services.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { alikeBySlot } from '../cluster/look-alikes.js'
import { type ClusterJson, clusterJson, type OperatorJson } from '../cluster/to-json.js'
import { readCluster, warnOfWrongKey } from './read-operator.js'

/** Enough to tell a wrong key, and little beside decrypting the largest cluster. */
const CHECKED_OPERATORS = 8

export interface ClusterViewInput {
  readonly shards?: boolean
}

/** Counts of the 65 536 shards: stored under the serving keyspace, and to be pulled by the running migration. */
export interface ShardCounts {
  readonly shards: number
  readonly shards_to_pull: number | null
}

interface LooksLike {
  /** Slots of operators whose names people would take for this one; not there where there are none. */
  readonly looks_like?: readonly number[]
}

export type ClusterViewJson = Omit<ClusterJson, 'operators'> & {
  readonly operators: readonly (OperatorJson & Partial<ShardCounts> & LooksLike)[]
}

export async function run(
  services: Services,
  { shards }: ClusterViewInput = {},
): Promise<ActionResult<ClusterViewJson>> {
  const key = await services.settings.encryptionKey()
  const snapshot = await readCluster(services)
  if (key) warnOfWrongKey(services, snapshot.view.operators.slice(0, CHECKED_OPERATORS), key)
  const data = withLookAlikes(clusterJson(snapshot, key), snapshot.view)
  return { data: shards ? await withShards(data, snapshot.view) : data }
}

function withLookAlikes(data: ClusterJson, { operators }: ClusterView): ClusterViewJson {
  const alike = alikeBySlot(operators)
  return {
    ...data,
    operators: data.operators.map((operator) => {
      const others = alike.get(operator.slot) ?? []
      return others.length === 0 ? operator : { ...operator, looks_like: others }
    }),
  }
}

async function withShards(data: ClusterViewJson, { keyspace, newKeyspace }: ClusterView): Promise<ClusterViewJson> {
  const { replicaSets, shardsPerOperator, shardsToPull } = await import('../cluster/keyspace.js')
  const serving = await replicaSets(keyspace)
  const stored = shardsPerOperator(serving)
  const pulled = newKeyspace && shardsToPull(serving, await replicaSets(newKeyspace))
  const operators = data.operators.map((operator) => ({
    ...operator,
    shards: stored.get(operator.slot) ?? 0,
    shards_to_pull: pulled && (pulled.get(operator.slot) ?? 0),
  }))
  return { ...data, operators }
}
