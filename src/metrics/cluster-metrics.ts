/** Metrics of the cluster as a whole: its versions, its quorum, its maintenance slot and its migration. */
import type { Metric } from './metric.js'

export const CLUSTER_METRICS = {
  wcn_cluster_version: {
    help: 'Version of the cluster on chain: it grows with every change.',
  },
  wcn_cluster_keyspace_version: {
    help: 'Version of the keyspace on chain.',
  },
  wcn_cluster_block_number: {
    help: 'Block at which the chain was read.',
  },
  wcn_shards: {
    help: 'Shards by how many of their five replicas are live; three are the quorum.',
    legend: '{{live}} live',
  },
  wcn_shards_without_quorum: {
    help: 'Shards whose keys can not be read, or not be written.',
    legend: '{{access}}',
    alert: {
      name: 'WcnKeysWithoutQuorum',
      expr: (metric) => `${metric} > 0`,
      for: '2m',
      severity: 'page',
      summary: '{{ $value }} shards have no quorum: their keys fail to {{ $labels.access }}',
      action:
        'wcn cluster status says which operators are away. If yours is, bring it back first; else see whether all is well with it, and call the others.',
    },
  },
  wcn_shards_one_outage_from_loss: {
    help: 'Shards of which one more outage would take the quorum.',
    legend: 'shards',
    alert: {
      name: 'WcnNoReplicaToSpare',
      expr: (metric) => `${metric} > 0`,
      for: '10m',
      severity: 'warning',
      summary: 'one more outage takes the quorum of {{ $value }} shards',
      action: 'Take nothing down, not for a maintenance either: wcn ok-to-stop database tells when it may.',
    },
  },
  wcn_maintenance_held: {
    help: 'Whether somebody holds the maintenance slot.',
  },
  wcn_maintenance_since_timestamp_seconds: {
    help: 'When the maintenance slot was taken; absent where it is free, or that is not known.',
    unit: 'dateTimeFromNow',
    alert: {
      name: 'WcnMaintenanceLong',
      expr: (metric) => `time() - ${metric} > 4 * 3600`,
      for: '5m',
      severity: 'warning',
      summary: 'operator {{ $labels.operator }} holds the maintenance slot since {{ $value | humanizeDuration }}',
      action:
        'Nobody else may take a database down meanwhile, and no migration starts. If it is yours, give it back (wcn maintenance exit); else ask them, or the owner.',
    },
  },
  wcn_migration_running: {
    help: 'Whether data migrates.',
    alert: {
      name: 'WcnMigrationLong',
      expr: (metric) => `min_over_time(${metric}[12h]) == 1`,
      for: '5m',
      severity: 'warning',
      summary: 'data has been migrating for twelve hours',
      action: 'wcn migration status --probe says who still pulls and who keeps it from ending.',
    },
  },
  wcn_migration_shards_to_pull: {
    help: 'Shards that an operator still has to pull in the migration.',
    legend: '{{operator}}',
  },
} as const satisfies Readonly<Record<string, Metric>>
