/** What the exporter has to tell for each metric, and the text that it makes of a look. */
import type { ClusterStatusJson } from '../../availability/cluster-status.js'
import { metricText, type Sample } from '../../base/metric-text.js'
import { METRICS, type MetricName, metricNames } from '../../metrics/metrics.js'
import type { BesideStatus } from '../look-beside.js'

export interface ExporterLook extends BesideStatus {
  readonly status: ClusterStatusJson
}

type Node = ClusterStatusJson['operators'][number]['nodes'][number]

const one = (value: number | string): readonly Sample[] => [[{}, Number(value)]]

const flag = (value: boolean) => (value ? 1 : 0)

const ofOperator = ({ slot, name }: { readonly slot: number; readonly name: string | null }) => ({
  slot: String(slot),
  operator: name ?? '',
})

/** Of each node that tells; null: it does not. */
const ofNodes =
  (read: (node: Node) => number | null) =>
  ({ status: { operators } }: ExporterLook): readonly Sample[] =>
    operators.flatMap((operator) =>
      operator.nodes.flatMap((node): readonly Sample[] => {
        const value = read(node)
        const labels = { ...ofOperator(operator), node: String(node.index), peer_id: node.peer_id }
        return value === null ? [] : [[labels, value]]
      }),
    )

/** Of each RPC provider that answers; those of one host are told apart by their places. */
const ofProviders =
  (read: (found: NonNullable<BesideStatus['providers'][number]['found']>, newest: number) => number) =>
  ({ providers }: ExporterLook): readonly Sample[] => {
    const newest = Math.max(0, ...providers.map(({ found }) => found?.block.number ?? 0))
    return providers.flatMap(({ host, found }, place): readonly Sample[] =>
      found === null ? [] : [[{ provider: String(place), host }, read(found, newest)]],
    )
  }

const SAMPLES: Readonly<Record<MetricName, (look: ExporterLook) => readonly Sample[]>> = {
  wcn_exporter_last_success_timestamp_seconds: ({ status }) => one(status.checked_at),
  wcn_cluster_version: ({ status: { cluster } }) => one(cluster.version),
  wcn_cluster_keyspace_version: ({ status: { cluster } }) => one(cluster.keyspace_version),
  wcn_cluster_block_number: ({ status: { cluster } }) => one(cluster.block.number),
  wcn_shards: ({ status: { quorum } }) =>
    Object.entries(quorum?.replicas ?? {}).map(([live, count]) => [{ live }, count] as const),
  wcn_shards_without_quorum: ({ status: { quorum } }) =>
    quorum === null
      ? []
      : [
          [{ access: 'read' }, quorum.without_reads.shards],
          [{ access: 'write' }, quorum.without_writes.shards],
        ],
  wcn_shards_one_outage_from_loss: ({ status: { quorum } }) => (quorum === null ? [] : one(quorum.one_outage.shards)),
  wcn_maintenance_held: ({ status: { maintenance } }) => one(flag(maintenance.holder !== null)),
  wcn_maintenance_since_timestamp_seconds: ({ status: { maintenance } }) =>
    maintenance.since?.kind === 'at' ? [[{ operator: maintenance.name ?? '' }, maintenance.since.time]] : [],
  wcn_migration_running: ({ status: { migration } }) => one(flag(migration !== null)),
  wcn_migration_shards_to_pull: ({ status: { migration } }) =>
    (migration?.pulling ?? []).map((puller) => [ofOperator(puller), puller.shards_to_pull] as const),
  wcn_operator_live: ({ status: { operators } }) =>
    operators.flatMap((operator): readonly Sample[] =>
      operator.live === null ? [] : [[ofOperator(operator), flag(operator.live)]],
    ),
  wcn_operator_data_bytes: ({ status: { operators } }) =>
    operators.map((operator) => [ofOperator(operator), operator.data_bytes] as const),
  wcn_operator_data_limit_bytes: ({ status: { cluster } }) => one(cluster.max_operator_data_bytes),
  wcn_node_up: ofNodes(({ state }) => (state === 'unknown' || state === 'not-asked' ? null : flag(state === 'up'))),
  wcn_node_caught_up: ofNodes(({ caught_up }) => (caught_up === null ? null : flag(caught_up))),
  wcn_node_database_seen: ofNodes(({ database }) => (database === null ? null : flag(database))),
  wcn_node_software_version: ofNodes(({ software_version }) => software_version),
  wcn_provider_up: ({ providers }) =>
    providers.map(({ host, found }, place) => [{ provider: String(place), host }, flag(found !== null)] as const),
  wcn_provider_behind_blocks: ofProviders(({ block }, newest) => newest - block.number),
  wcn_provider_block_timestamp_seconds: ofProviders(({ block }) => block.time),
  wcn_provider_latency_seconds: ofProviders(({ latencyMs }) => latencyMs / 1000),
  wcn_account_balance_ether: ({ funds }) => (funds === null ? [] : [[{ account: funds.account }, funds.balanceEth]]),
  wcn_account_writes_left: ({ funds }) =>
    funds === null || funds.writesLeft === null ? [] : [[{ account: funds.account }, funds.writesLeft]],
}

/** Null: there was no look yet that came to something. */
export function metricsText(look: ExporterLook | null): string {
  const last = 'wcn_exporter_last_success_timestamp_seconds'
  if (look === null) return metricText(last, METRICS[last].help, one(0))
  return metricNames()
    .map((name) => metricText(name, METRICS[name].help, SAMPLES[name](look)))
    .join('')
}
