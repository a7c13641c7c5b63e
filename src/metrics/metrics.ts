/** All metrics of `cluster exporter` by their names: what it tells, what alerts speak of, and what a dashboard shows. */
import { CLUSTER_METRICS } from './cluster-metrics.js'
import type { Metric } from './metric.js'
import { OPERATOR_METRICS } from './operator-metrics.js'
import { PROVIDER_METRICS } from './provider-metrics.js'

const EXPORTER_METRICS = {
  wcn_exporter_last_success_timestamp_seconds: {
    help: 'When the cluster was last looked at to an end; 0: never. All else is of then.',
    unit: 'dateTimeFromNow',
    alert: {
      name: 'WcnExporterBlind',
      expr: (metric) => `time() - ${metric} > 900 or absent(${metric})`,
      for: '5m',
      severity: 'warning',
      summary: 'nobody has looked at the cluster for a quarter of an hour',
      action:
        'All other alerts about the cluster are of then. See whether wcn cluster exporter runs, and what it says of its RPC provider.',
    },
  },
} as const satisfies Readonly<Record<string, Metric>>

const ALL = { ...EXPORTER_METRICS, ...CLUSTER_METRICS, ...OPERATOR_METRICS, ...PROVIDER_METRICS }

export type MetricName = keyof typeof ALL

export const METRICS: Readonly<Record<MetricName, Metric>> = ALL

/** In the order in which they are told and shown. */
export function metricNames(): readonly MetricName[] {
  return Object.keys(METRICS) as MetricName[]
}
