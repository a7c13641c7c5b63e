/** Writes gauges in the text format of Prometheus. */

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** With what it is about; nothing where there is no sample. Labels are any text. */
export function metricText(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  const lines = samples.map(([labels, value]) => {
    const all = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    return `${name}${all.length === 0 ? '' : `{${all.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}

/** A line break of any kind would begin another sample for some readers. */
function escaped(text: string): string {
  return text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, '�')
}
