/** What a node's `Cluster2` API answers to RPC 0 for a view, in the shape of vectors/cluster-api-view.json. */
import type { Address } from '../../base/address.js'
import { hexToBytes } from '../../base/hex.js'
import type { ClusterView } from '../../cluster/cluster-view.js'

/** Bigints stand where numbers of any size belong. */
export function clusterAnswer(view: ClusterView) {
  const serving = { operators: view.keyspace, replication_strategy: 0 }
  const other = { operators: view.newKeyspace ?? [], replication_strategy: 0 }
  const newest = Number(view.keyspaceVersion % 2n)
  const servingPlace = view.newKeyspace === null ? newest : 1 - newest
  return {
    owner: addressBytes(view.owner),
    settings: { max_node_operator_data_bytes: view.settings.maxOperatorDataBytes, extra: [...view.settingsExtra] },
    node_operators: slots(view),
    keyspaces: servingPlace === 0 ? [serving, other] : [other, serving],
    keyspace_version: view.keyspaceVersion,
    migration: {
      id: view.migration?.id ?? 0n,
      pulling_operators: view.pullingOperators ?? [],
      started_at: view.migration?.startedAt ?? 0n,
      aborted_at: view.migration?.abortedAt ?? 0n,
    },
    maintenance: { slot: view.maintenance === null ? null : addressBytes(view.maintenance) },
    cluster_version: view.version,
  }
}

function slots({ operators }: ClusterView) {
  const last = Math.max(-1, ...operators.map(({ slot }) => slot))
  return Array.from({ length: last + 1 }, (_, slot) => {
    const operator = operators.find((candidate) => candidate.slot === slot)
    return operator === undefined ? null : { id: addressBytes(operator.id), data: [...operator.data] }
  })
}

function addressBytes(address: Address): readonly number[] {
  return [...hexToBytes(address)]
}
