/** The flags of `probeOptions` that say how ports are asked, parsed before anything is. */
import { parseDuration, positiveInteger } from '../settings/setting-values.js'
import { type MetricsSource, parseMetricsSources } from './metrics-sources.js'

export interface ProbeFlags {
  readonly probeTimeout?: string
  readonly concurrency?: string
  readonly metrics?: readonly string[]
}

interface Probing {
  /** For one answer. */
  readonly timeoutMs: number
  /** So many ports are asked at a time. */
  readonly concurrency: number
  readonly sources: readonly MetricsSource[]
}

/** Throws SETTING_INVALID, USAGE, PORT_INVALID. */
export function parseProbeFlags({ probeTimeout = '5s', concurrency = '64', metrics = [] }: ProbeFlags): Probing {
  return {
    timeoutMs: parseDuration(probeTimeout, '--probe-timeout'),
    concurrency: positiveInteger(concurrency, '--concurrency', 'a number of ports'),
    sources: parseMetricsSources(metrics),
  }
}
