/** What a metric of `cluster exporter` is, besides its name: its words, its graph, and when somebody has to know. */

/** What is wrong, as Prometheus finds it. */
export interface Alert {
  readonly name: string
  /** PromQL, made from the name of the metric. */
  readonly expr: (metric: string) => string
  /** How long it has to hold, as Prometheus writes durations. */
  readonly for: string
  /** `page`: what the network penalises or what loses data. `warning` can wait for the morning. */
  readonly severity: 'page' | 'warning'
  readonly summary: string
  /** What to do. */
  readonly action: string
}

export interface Metric {
  readonly help: string
  /** How a graph names its lines; without it there is no graph. */
  readonly legend?: string
  /** Of Grafana. */
  readonly unit?: 'bytes' | 'dateTimeFromNow' | 's'
  readonly alert?: Alert
}
