/** What Prometheus and Grafana make of `wcn cluster exporter`: alerts and a dashboard, from the table of its metrics. */
import { METRICS, type MetricName, metricNames } from '../../metrics/metrics.js'
import { alertRule } from './prometheus-alerts.js'
import type { YamlMap } from './target-file.js'

export const CLUSTER_JOB = 'wcn_cluster'

export function clusterRules(): readonly YamlMap[] {
  return metricNames().flatMap((name) => {
    const { alert } = METRICS[name]
    return alert ? [alertRule({ ...alert, expr: alert.expr(name) })] : []
  })
}

/** Of Grafana, which picks the data source and the contracts that are shown. */
const SOURCE = { type: 'prometheus', uid: '$datasource' } as const
const [COLUMNS, HEIGHT, WIDTH] = [2, 8, 12]

/** Fields as Grafana 9 and later read them. */
export function clusterDashboard(): YamlMap {
  return {
    title: 'WalletConnect Network: a cluster',
    uid: 'wcn-cluster',
    tags: ['wcn'],
    schemaVersion: 37,
    editable: true,
    timezone: 'utc',
    refresh: '1m',
    time: { from: 'now-24h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        {
          ...{ name: 'contract', label: 'Contract', type: 'query', datasource: SOURCE, refresh: 2 },
          query: { query: 'label_values(wcn_cluster_version, contract)', refId: 'contracts' },
          ...{ multi: true, includeAll: true, allValue: '.*', current: { text: 'All', value: '$__all' } },
        },
      ],
    },
    panels: metricNames().map(panel),
  }
}

/** Graphs where lines have names, else the present value. */
function panel(name: MetricName, index: number): YamlMap {
  const { help, legend, unit = 'short' } = METRICS[name]
  const milliseconds = unit === 'dateTimeFromNow' ? ' * 1000' : ''
  return {
    id: index + 1,
    type: legend === undefined ? 'stat' : 'timeseries',
    title: titleOf(name),
    description: help,
    datasource: SOURCE,
    gridPos: { h: HEIGHT, w: WIDTH, x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT },
    targets: [
      {
        refId: 'A',
        datasource: SOURCE,
        expr: `${name}{contract=~"$contract"}${milliseconds}`,
        ...(legend === undefined ? {} : { legendFormat: legend }),
      },
    ],
    fieldConfig: { defaults: { unit }, overrides: [] },
    options: legend === undefined ? { reduceOptions: { calcs: ['lastNotNull'] } } : { legend: { displayMode: 'list' } },
  }
}

/** `wcn_shards_without_quorum`: "Shards without quorum". */
function titleOf(name: string): string {
  const words = name
    .replace(/^wcn_/, '')
    .replace(/_(?:timestamp_)?seconds$/, '')
    .replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
