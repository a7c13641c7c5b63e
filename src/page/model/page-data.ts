/** What the page is made of: the chain at one block, what followed from that, and what was asked beside it. */

import type { ClusterStatusJson } from '../../availability/cluster-status.js'
import type { Address } from '../../base/address.js'
import type { ShardCounts } from '../../cluster/replicas.js'
import type { clusterJson } from '../../cluster/to-json.js'
import type { ToldEvent } from '../../history/model/retell.js'

type ClusterJson = ReturnType<typeof clusterJson>
export type OperatorJson = ClusterJson['operators'][number]
export type LiveOperator = ClusterStatusJson['operators'][number]

export interface PageData {
  /** Unix seconds. */
  readonly madeAt: number
  readonly cluster: ClusterJson
  /** Null where the network's nodes reject the keyspace. */
  readonly shards: ShardCounts | null
  readonly maintenance: {
    readonly holder: Address
    readonly name: string | null
    /** Unix seconds; null where that is longer ago than can be seen. */
    readonly since: number | null
  } | null
  /** Null where no node was asked. */
  readonly live: ClusterStatusJson | null
  readonly history: {
    readonly fromBlock: number
    readonly events: readonly ToldEvent[]
  } | null
}

/** As it was seen; null where it was not asked. */
export function liveOf({ live }: PageData, { slot }: Pick<OperatorJson, 'slot'>): LiveOperator | null {
  return live?.operators.find((one) => one.slot === slot) ?? null
}

export function nameOf(operator: OperatorJson): string {
  return 'corrupted' in operator ? 'data that nobody can read' : operator.name
}
