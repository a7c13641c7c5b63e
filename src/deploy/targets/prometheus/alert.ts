/** What an alert is (the onboarding document, "Availability"; docs/dev/network/node-protocol.md, "Metrics"). */
export interface Alert {
  readonly name: string
  /** PromQL. */
  readonly expr: string
  /** How long it has to hold, as Prometheus writes durations. */
  readonly for: string
  /** `page`: what the network penalises or what loses data. `warning` can wait for the morning. */
  readonly severity: 'page' | 'warning'
  readonly summary: string
  /** What to do. */
  readonly action: string
}
