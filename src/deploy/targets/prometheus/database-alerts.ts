/** Alerts about the database: an operator whose database is away is down, however many nodes it has. */
import type { TargetPlan } from '../target-file.js'
import type { Alert } from './alert.js'
import { DATABASE_JOB, NODE_JOB } from './scrape-configs.js'

const JOB = `job="${DATABASE_JOB}"`
/** Gauges of the disk are there only where the database finds its mount. */
const FREE = `wcn_disk_available_space{${JOB}} / wcn_disk_total_space{${JOB}}`

export function databaseAlerts(): readonly Alert[] {
  return [
    {
      name: 'WcnDatabaseDown',
      expr: `up{${JOB}} == 0 or absent(up{${JOB}})`,
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
}

/**
 * Counted by the nodes for each address and reason. A single failure is seen for five minutes, hence six; a node that
 * can't connect goes on trying.
 */
export function unreachableDatabase({ services, deployment: { database } }: TargetPlan): Alert {
  const peerId = services.find(({ node }) => node === null)?.peerId ?? database.peerId
  const address = database.address.replaceAll('.', '[.]')
  const labels = [
    `job="${NODE_JOB}"`,
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
