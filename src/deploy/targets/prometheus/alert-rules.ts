/** Alert rules as Prometheus reads them. */
import type { TargetPlan, YamlValue } from '../target-file.js'
import type { Alert } from './alert.js'
import { databaseAlerts, unreachableDatabase } from './database-alerts.js'
import { nodeAlerts } from './node-alerts.js'

/** Those of the services that are emitted. */
export function alertRules(plan: TargetPlan): YamlValue {
  const nodes = plan.services.some(({ node }) => node !== null)
  const database = plan.services.some(({ node }) => node === null)
  return [
    ...(nodes ? [...nodeAlerts(), unreachableDatabase(plan)] : []),
    ...(database ? databaseAlerts() : []),
    lowMemory,
  ].map(({ name, expr, severity, summary, action, ...alert }) => ({
    alert: name,
    expr,
    for: alert.for,
    labels: { severity },
    annotations: { summary, description: action },
  }))
}

/** Of the machine: when nothing is left, what needs most is killed, and that is the database. */
const lowMemory: Alert = {
  name: 'WcnMemoryLow',
  expr: 'wcn_available_memory{job=~"wcn_node|wcn_db"} / wcn_total_memory < 0.1',
  for: '10m',
  severity: 'warning',
  summary: 'less than a tenth of the memory is left at {{ $labels.instance }} ({{ $labels.job }})',
  action:
    'It is the memory of the whole machine, also in a container. See what else runs there; the network requires 16 GB for the database and 8 GB for each node.',
}
