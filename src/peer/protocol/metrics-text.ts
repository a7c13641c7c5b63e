/**
 * Prometheus' text format as a node's metrics server writes it (docs/dev/network/node-protocol.md, "Metrics"): single samples out
 * of text that may be anything. What isn't a sample is passed over.
 */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?[0-9]+)?[ \t]*$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y

/** Samples of one metric, in the order of the text. */
export function samplesOf(text: string, metric: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(metric)) return []
    const [, name, labels = '', value = ''] = SAMPLE.exec(line.replace(/\r$/, '')) ?? []
    const number = numberOf(value)
    return name === metric && number !== null ? [{ labels: labelsOf(labels), value: number }] : []
  })
}

/** The metric's only value; null where there is none or are several. */
export function gauge(text: string, metric: string): number | null {
  const [only, ...others] = samplesOf(text, metric)
  return only !== undefined && others.length === 0 ? only.value : null
}

function numberOf(text: string): number | null {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^NaN$/i.test(text)) return Number.NaN
  return /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : null
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = Object.create(null)
  LABEL.lastIndex = 0
  for (let found = LABEL.exec(text); found !== null; found = LABEL.exec(text)) {
    const [, name = '', value = ''] = found
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
  }
  return labels
}
