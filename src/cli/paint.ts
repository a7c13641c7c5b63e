/** What views draw with: colours (only where wanted), escaping of untrusted text, fields and tables. */
import { stripVTControlCharacters } from 'node:util'
import { escapeUntrusted } from './escape.js'

export type Paint = ReturnType<typeof paintWith>

/** The colours' library is loaded only where there will be colours. */
export async function createPaint(colour: boolean): Promise<Paint> {
  return colour ? paintWith(new (await import('chalk')).Chalk({ level: 1 })) : plainPaint
}

type Colours = Record<'bold' | 'dim' | 'green' | 'red' | 'yellow', (text: string) => string>

const same = (text: string) => text

export const plainPaint = paintWith({ bold: same, dim: same, green: same, red: same, yellow: same })

function paintWith(colours: Colours) {
  const columns = (rows: readonly (readonly string[])[]) => {
    const widths: number[] = []
    for (const row of rows)
      row.forEach((cell, i) => {
        widths[i] = Math.max(widths[i] ?? 0, visibleLength(cell))
      })
    return rows.map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - visibleLength(cell))))
        .join('  ')
        .trimEnd(),
    )
  }
  return {
    /** Untrusted text, made harmless. Everything that is not a literal of ours goes through it. */
    text: (untrusted: string | number): string => escapeUntrusted(String(untrusted)),
    bold: colours.bold,
    dim: colours.dim,
    good: colours.green,
    bad: colours.red,
    warn: colours.yellow,
    /** `label  value` lines with aligned values. */
    fields: (rows: readonly (readonly [label: string, value: string])[]): string =>
      columns(rows.map(([label, value]) => [colours.dim(label), value])).join('\n'),
    /** Columns padded to their widest cell; the last one is left as it is. */
    table: (header: readonly string[], rows: readonly (readonly string[])[]): string =>
      columns([header.map((title) => colours.dim(title)), ...rows]).join('\n'),
  }
}

function visibleLength(text: string): number {
  return [...stripVTControlCharacters(text)].length
}
