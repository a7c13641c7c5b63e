/** Alerts about nodes. All nodes of one contract belong together. */
import type { Alert } from './alert.js'
import { NODE_JOB } from './scrape-configs.js'

const JOB = `job="${NODE_JOB}"`

export function nodeAlerts(): readonly Alert[] {
  return [
    {
      name: 'WcnNodeDown',
      expr: `up{${JOB}} == 0`,
      for: '5m',
      severity: 'warning',
      summary: 'node {{ $labels.node }} does not answer',
      action:
        'See its logs: a node ends when it starts and its RPC provider or the contract cannot be reached. Touch no other node before it is back.',
    },
    {
      name: 'WcnSeveralNodesDown',
      expr: `count by (contract) (up{${JOB}} == 0) >= 2`,
      for: '2m',
      severity: 'page',
      summary: '{{ $value }} nodes do not answer',
      action:
        'Stop any roll-out. Look for what they share: the RPC provider, the machine, the network, a new version. One node has to be online always.',
    },
    {
      name: 'WcnAllNodesDown',
      expr: `max by (contract) (up{${JOB}}) == 0 or absent(up{${JOB}})`,
      for: '1m',
      severity: 'page',
      summary: 'no node answers',
      action:
        'The operator is down for the network. Bring one node up first: an earlier version, another RPC provider. If they run, it is Prometheus that does not reach them.',
    },
    {
      name: 'WcnClusterVersionBehind',
      expr: `wcn_node_cluster_version{${JOB}} < on (contract) group_left () max by (contract) (wcn_node_cluster_version{${JOB}})`,
      for: '5m',
      severity: 'warning',
      summary: 'node {{ $labels.node }} works with version {{ $value }} of the cluster, another node with a newer one',
      action:
        'It misses events of the contract: see whether its RPC provider lags (wcn cluster view shows the version on chain), give it another one and restart it.',
    },
    {
      name: 'WcnKeyspaceVersionBehind',
      expr: keyspaceBehind(),
      for: '5m',
      severity: 'warning',
      summary: 'node {{ $labels.node }} works with version {{ $value }} of the keyspace, the newest node with another',
      action:
        'It takes part in the migration at the wrong stage: see whether its RPC provider lags (wcn cluster view), give it another one and restart it.',
    },
    {
      name: 'WcnNoPrimaryDuringMigration',
      expr: `up{${JOB},primary="true"} == 0 and on (contract) max by (contract) (changes(wcn_node_keyspace_version{${JOB}}[6h])) > 0`,
      for: '5m',
      severity: 'page',
      summary: 'the primary node {{ $labels.node }} is down, and the keyspace changed within six hours',
      action:
        'A migration is under way, and nobody but the primary pulls the data and completes it: the whole network waits. Bring it back; give the signing key to another node only once this one is seen to be down for good.',
    },
  ]
}

/** An aborted migration lowers the version, so the right one is that of the nodes that know the newest cluster. */
function keyspaceBehind(): string {
  const cluster = `wcn_node_cluster_version{${JOB}}`
  const newest = `${cluster} == on (contract) group_left () max by (contract) (${cluster})`
  const keyspace = `wcn_node_keyspace_version{${JOB}}`
  return `${keyspace} != on (contract) group_left () max by (contract) (${keyspace} and on (contract, instance) (${newest}))`
}
