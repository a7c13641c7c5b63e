/** Alert rules as Prometheus reads them (the onboarding document, "Availability"; docs/dev/network/node-protocol.md, "Metrics"). */
import type { Alert as MetricAlert } from '../../metrics/metric.js'
import type { TargetPlan, YamlMap } from './target-file.js'

interface Alert extends Omit<MetricAlert, 'expr'> {
  /** PromQL. */
  readonly expr: string
}

export const NODE_JOB = 'wcn_node'
export const DATABASE_JOB = 'wcn_db'
const NODE = `job="${NODE_JOB}"`
const DATABASE = `job="${DATABASE_JOB}"`
/** Gauges of the disk are there only where the database finds its mount. */
const FREE = `wcn_disk_available_space{${DATABASE}} / wcn_disk_total_space{${DATABASE}}`
const CLUSTER_VERSION = `wcn_node_cluster_version{${NODE}}`
const NEWEST = `${CLUSTER_VERSION} == on (contract) group_left () max by (contract) (${CLUSTER_VERSION})`
const KEYSPACE_VERSION = `wcn_node_keyspace_version{${NODE}}`
/** An aborted migration lowers the version, so the right one is that of the nodes that know the newest cluster. */
const KEYSPACE_BEHIND = `${KEYSPACE_VERSION} != on (contract) group_left () max by (contract) (${KEYSPACE_VERSION} and on (contract, instance) (${NEWEST}))`

/** Those of the services that are emitted. */
export function alertRules(plan: TargetPlan): readonly YamlMap[] {
  const has = (kind: 'node' | 'database') => plan.services.some((service) => service.kind === kind)
  return [
    ...(has('node') ? [...NODE_ALERTS, unreachableDatabase(plan)] : []),
    ...(has('database') ? DATABASE_ALERTS : []),
    LOW_MEMORY,
  ].map(alertRule)
}

export function alertRule({ name, expr, severity, summary, action, ...alert }: Alert): YamlMap {
  return {
    alert: name,
    expr,
    for: alert.for,
    labels: { severity },
    annotations: { summary, description: action },
  }
}

/** All nodes of one contract belong together. */
const NODE_ALERTS: readonly Alert[] = [
  {
    name: 'WcnNodeDown',
    expr: `up{${NODE}} == 0`,
    for: '5m',
    severity: 'warning',
    summary: 'node {{ $labels.node }} does not answer',
    action:
      'See its logs: a node ends when it starts and its RPC provider or the contract cannot be reached. Touch no other node before it is back.',
  },
  {
    name: 'WcnSeveralNodesDown',
    expr: `count by (contract) (up{${NODE}} == 0) >= 2`,
    for: '2m',
    severity: 'page',
    summary: '{{ $value }} nodes do not answer',
    action:
      'Stop any roll-out. Look for what they share: the RPC provider, the machine, the network, a new version. One node has to be online always.',
  },
  {
    name: 'WcnAllNodesDown',
    expr: `max by (contract) (up{${NODE}}) == 0 or absent(up{${NODE}})`,
    for: '1m',
    severity: 'page',
    summary: 'no node answers',
    action:
      'The operator is down for the network. Bring one node up first: an earlier version, another RPC provider. If they run, it is Prometheus that does not reach them.',
  },
  {
    name: 'WcnClusterVersionBehind',
    expr: `wcn_node_cluster_version{${NODE}} < on (contract) group_left () max by (contract) (wcn_node_cluster_version{${NODE}})`,
    for: '5m',
    severity: 'warning',
    summary: 'node {{ $labels.node }} works with version {{ $value }} of the cluster, another node with a newer one',
    action:
      'It misses events of the contract: see whether its RPC provider lags (wcn cluster view shows the version on chain), give it another one and restart it.',
  },
  {
    name: 'WcnKeyspaceVersionBehind',
    expr: KEYSPACE_BEHIND,
    for: '5m',
    severity: 'warning',
    summary: 'node {{ $labels.node }} works with version {{ $value }} of the keyspace, the newest node with another',
    action:
      'It takes part in the migration at the wrong stage: see whether its RPC provider lags (wcn cluster view), give it another one and restart it.',
  },
  {
    name: 'WcnNoPrimaryDuringMigration',
    expr: `up{${NODE},primary="true"} == 0 and on (contract) max by (contract) (changes(wcn_node_keyspace_version{${NODE}}[6h])) > 0`,
    for: '5m',
    severity: 'page',
    summary: 'the primary node {{ $labels.node }} is down, and the keyspace changed within six hours',
    action:
      'A migration is under way, and nobody but the primary pulls the data and completes it: the whole network waits. Bring it back; give the signing key to another node only once this one is seen to be down for good.',
  },
]

/** An operator whose database is away is down, however many nodes it has. */
const DATABASE_ALERTS: readonly Alert[] = [
  {
    name: 'WcnDatabaseDown',
    expr: `up{${DATABASE}} == 0 or absent(up{${DATABASE}})`,
    for: '1m',
    severity: 'page',
    summary: 'the database does not answer',
    action:
      'Without it the operator counts as down. See its logs and its disk. If it has to be restarted by hand, enter a maintenance first (wcn maintenance enter).',
  },
  {
    name: 'WcnDatabaseDiskLow',
    expr: `${FREE} < 0.2`,
    for: '15m',
    severity: 'warning',
    summary: "{{ $value | humanizePercentage }} of the database's disk is left",
    action: 'Make the disk larger, without a restart if it can be; else in a maintenance (wcn maintenance enter).',
  },
  {
    name: 'WcnDatabaseDiskFull',
    expr: `${FREE} < 0.05`,
    for: '5m',
    severity: 'page',
    summary: "{{ $value | humanizePercentage }} of the database's disk is left",
    action: 'It stops taking data when nothing is left. Make the disk larger now; delete nothing in its directory.',
  },
]

/** Of the machine: when nothing is left, what needs most is killed, and that is the database. */
const LOW_MEMORY: Alert = {
  name: 'WcnMemoryLow',
  expr: 'wcn_available_memory{job=~"wcn_node|wcn_db"} / wcn_total_memory < 0.1',
  for: '10m',
  severity: 'warning',
  summary: 'less than a tenth of the memory is left at {{ $labels.instance }} ({{ $labels.job }})',
  action:
    'It is the memory of the whole machine, also in a container. See what else runs there; the network requires 16 GB for the database and 8 GB for each node.',
}

/**
 * Counted by the nodes for each address and reason. A single failure is seen for five minutes, hence six; a node that
 * can't connect goes on trying.
 */
function unreachableDatabase({ services, deployment: { database } }: TargetPlan): Alert {
  const peerId = services.find(({ kind }) => kind === 'database')?.peerId ?? database.peerId
  const address = database.address.replaceAll('.', '[.]')
  const labels = [
    NODE,
    // A node may have the database's key, so its address counts too.
    `remote_addr=~"${address}:(${database.primaryPort}|${database.secondaryPort})"`,
    ...(peerId === null ? [] : [`remote_peer_id="${peerId}"`]),
  ]
  return {
    name: 'WcnDatabaseUnreachable',
    expr: `sum by (contract, node, kind) (increase(wcn_rpc_client_connection_errors{${labels.join(',')}}[5m])) > 0`,
    for: '6m',
    severity: 'page',
    summary: 'node {{ $labels.node }} does not get through to the database ({{ $labels.kind }})',
    action:
      'Timeout or Connection: the database is down, or a firewall or network policy is in between. WrongPeerId: DATABASE_PEER_ID is not of the key that the database has. Others: see the logs of both.',
  }
}
