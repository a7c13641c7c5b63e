/** What views draw with: colours (only where wanted), escaping of untrusted text, and a layout for the width there is. */
import { escapeUntrusted } from '../base/escape.js'
import { type Fields, fieldsText, type Row, tableText } from './layout.js'
import { fitText } from './wrap.js'

export type Paint = ReturnType<typeof paintWith>

/** Asked again for every screen: a terminal's width changes. */
type Width = () => number

/** The colours' library is loaded only where there will be colours. */
export async function createPaint(colour: boolean, width: Width = unbounded, now = clock): Promise<Paint> {
  return paintWith(colour ? new (await import('chalk')).Chalk({ level: 1 }) : plain, width, now)
}

type Colours = Record<'bold' | 'dim' | 'green' | 'red' | 'yellow', (text: string) => string>

const same = (text: string) => text
const plain: Colours = { bold: same, dim: same, green: same, red: same, yellow: same }
const unbounded = () => Number.POSITIVE_INFINITY
const clock = () => Math.floor(Date.now() / 1000)

export const plainPaint = paintWith(plain, unbounded, clock)

function paintWith(colours: Colours, width: Width, now: () => number) {
  const fields = (rows: Fields): string => fieldsText(rows, width(), colours.dim)
  return {
    /** Untrusted text, made harmless. Everything that is not a literal of ours goes through it. */
    text: (untrusted: string | number): string => escapeUntrusted(String(untrusted)),
    bold: colours.bold,
    dim: colours.dim,
    good: colours.green,
    bad: colours.red,
    warn: colours.yellow,
    fields,
    /** What to do next, below all else, and what to type for it. */
    next: (say: string, command: string | null): string =>
      `${colours.bold('next:')} ${escapeUntrusted(say)}${command === null ? '' : `\n      ${escapeUntrusted(command)}`}`,
    /** Unix seconds: what is told beside a time. */
    now,
    table: (columns: Row, rows: readonly Row[]): string => tableText(columns, rows, width(), colours.dim),
    /** Text, tables and fields, with an empty line between the parts that have something in them. */
    screen: (...parts: readonly (string | Fields)[]): string => {
      const texts = parts.map((part) => (typeof part === 'string' ? part : fields(part)))
      return `${fitText(texts.filter((text) => text !== '').join('\n\n'), width())}\n`
    },
  }
}
