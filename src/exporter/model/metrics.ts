/** Every metric of the exporter: what it is called, what it says, and how it follows from a look at the cluster. */
import type { ClusterStatusJson } from '../../availability/cluster-status.js'
import { metricText, type Sample } from '../../base/metric-text.js'

interface Metric {
  readonly name: string
  readonly help: string
  readonly samples: (status: ClusterStatusJson) => readonly Sample[]
}

type Node = ClusterStatusJson['operators'][number]['nodes'][number]

const one = (value: number | string): readonly Sample[] => [[{}, Number(value)]]
const flag = (value: boolean) => (value ? 1 : 0)

/** Of each node that tells; null: it does not. */
const ofNodes =
  (read: (node: Node) => number | null) =>
  ({ operators }: ClusterStatusJson): readonly Sample[] =>
    operators.flatMap(({ slot, name, nodes }) =>
      nodes.flatMap((node): readonly Sample[] => {
        const value = read(node)
        const labels = { slot: String(slot), operator: name ?? '', node: String(node.index), peer_id: node.peer_id }
        return value === null ? [] : [[labels, value]]
      }),
    )

const shards = (status: ClusterStatusJson): readonly Sample[] =>
  Object.entries(status.quorum?.replicas ?? {}).map(([live, count]) => [{ live }, count])

export const METRICS: readonly Metric[] = [
  {
    name: 'wcn_cluster_version',
    help: 'Version of the cluster on chain: it grows with every change.',
    samples: ({ cluster }) => one(cluster.version),
  },
  {
    name: 'wcn_cluster_keyspace_version',
    help: 'Version of the keyspace on chain.',
    samples: ({ cluster }) => one(cluster.keyspace_version),
  },
  {
    name: 'wcn_cluster_block_number',
    help: 'Block at which the chain was read.',
    samples: ({ cluster }) => one(cluster.block.number),
  },
  {
    name: 'wcn_operator_live',
    help: 'Whether the replicas of an operator can be counted on; absent where that could not be found out.',
    samples: ({ operators }) =>
      operators.flatMap(({ slot, name, live }): readonly Sample[] =>
        live === null ? [] : [[{ slot: String(slot), operator: name ?? '' }, flag(live)]],
      ),
  },
  {
    name: 'wcn_node_up',
    help: 'Whether a node answers as itself at both of its ports; absent where that could not be found out.',
    samples: ofNodes(({ state }) => (state === 'unknown' || state === 'not-asked' ? null : flag(state === 'up'))),
  },
  {
    name: 'wcn_node_caught_up',
    help: 'Whether a node knows the cluster as the chain has it; absent where it does not say.',
    samples: ofNodes(({ caught_up }) => (caught_up === null ? null : flag(caught_up))),
  },
  {
    name: 'wcn_node_database_seen',
    help: 'Whether a node sees its database; absent where it does not say.',
    samples: ofNodes(({ database }) => (database === null ? null : flag(database))),
  },
  {
    name: 'wcn_node_software_version',
    help: 'Version that a node runs; absent where it does not say.',
    samples: ofNodes(({ software_version }) => software_version),
  },
  {
    name: 'wcn_shards',
    help: 'Shards by how many of their five replicas are live; three are the quorum.',
    samples: shards,
  },
  {
    name: 'wcn_shards_without_quorum',
    help: 'Shards whose keys can not be read, or not be written.',
    samples: ({ quorum }) =>
      quorum === null
        ? []
        : [
            [{ access: 'read' }, quorum.without_reads.shards],
            [{ access: 'write' }, quorum.without_writes.shards],
          ],
  },
  {
    name: 'wcn_shards_one_outage_from_loss',
    help: 'Shards of which one more outage would take the quorum.',
    samples: ({ quorum }) => (quorum === null ? [] : one(quorum.one_outage.shards)),
  },
  {
    name: 'wcn_maintenance_held',
    help: 'Whether somebody holds the maintenance slot.',
    samples: ({ maintenance }) => one(flag(maintenance.holder !== null)),
  },
  {
    name: 'wcn_maintenance_since_timestamp_seconds',
    help: 'When the maintenance slot was taken; absent where it is free, or that is not known.',
    samples: ({ maintenance: { since, name } }) =>
      since?.kind === 'at' ? [[{ operator: name ?? '' }, since.time]] : [],
  },
  {
    name: 'wcn_migration_running',
    help: 'Whether data migrates.',
    samples: ({ migration }) => one(flag(migration !== null)),
  },
  {
    name: 'wcn_migration_shards_to_pull',
    help: 'Shards that an operator still has to pull in the migration.',
    samples: ({ migration }) =>
      (migration?.pulling ?? []).map(({ slot, name, shards_to_pull }) => [
        { slot: String(slot), operator: name ?? '' },
        shards_to_pull,
      ]),
  },
]

/** `status`: the last look that came to something, of `checked_at`; null: there was none. */
export function metricsText(status: ClusterStatusJson | null): string {
  const last = metricText(
    'wcn_exporter_last_success_timestamp_seconds',
    'When the cluster was last looked at to an end; 0: never. All else is of then.',
    one(status?.checked_at ?? 0),
  )
  return (
    last +
    (status === null ? '' : METRICS.map(({ name, help, samples }) => metricText(name, help, samples(status))).join(''))
  )
}
