/** Env files that compose or systemd read (compose-go, dotenv/parser.go; systemd.exec(5), basic/env-file.c): lines. */
import { quote } from '../../base/quote.js'
import {
  continuedLine,
  type EnvLine,
  type EnvReading,
  type Fault,
  fromSurroundings,
  isContinued,
  type Lookup,
  lineOfQuote,
  MAX_LINES,
  notClosed,
  syntaxFault,
  VARIABLE_NAME,
  WRITE_IT,
} from './env-reading.js'
import { escaped, readValue, whyCut } from './env-values.js'

type Reader = 'compose' | 'systemd'

/** To systemd the first character belongs to the name, whatever it is. */
const SIGN: Readonly<Record<Reader, RegExp>> = { compose: /[=:]/, systemd: /(?!^)=/ }
const IS_COMMENT: Readonly<Record<Reader, RegExp>> = { compose: /^#/, systemd: /^[#;]/ }

export function readLines(text: string, reader: Reader, lookup: Lookup): EnvReading {
  const lines: EnvLine[] = []
  const faults: (Fault & { line: number })[] = []
  const known = new Map<string, string | null>()
  const written = text.split('\n')
  for (let index = 0; index < written.length && lines.length + faults.length <= MAX_LINES; ) {
    const line = index + 1
    const first = (written[index] ?? '').trim()
    const isComment = IS_COMMENT[reader].test(first)
    // A name ends with its line.
    const mayGoOn = reader === 'systemd' && !isComment && first.includes('=')
    const { text: whole, next } = mayGoOn ? continuedLine(written, index) : { text: first, next: index + 1 }
    const content = whole.trim()
    index = next
    if (isComment && reader === 'systemd' && isContinued(first)) faults.push({ ...CONTINUED_COMMENT, line: line + 1 })
    if (isComment || content === '') continue
    const at = content.search(SIGN[reader])
    const name = content
      .slice(0, at === -1 ? undefined : at)
      .replace(reader === 'compose' ? /^export\s+/ : '', '')
      .trimEnd()
    const refused = whyRefused(reader, name, at)
    if (refused !== null) faults.push({ ...refused, line })
    if (at === -1) {
      const alone = refused === null ? fromSurroundings('compose', name, line, lookup) : { lines: [], faults: [] }
      lines.push(...alone.lines)
      faults.push(...alone.faults)
      continue
    }
    const behind = content.slice(at + 1).trimStart()
    const value = readValue(reader, name, behind, (one) => lookup(one) ?? known.get(one))
    const end = value === null ? lineOfQuote(written, index, behind.charAt(0)) : index
    const pieces = reader === 'systemd' && next > line ? escaped(name) : null
    const fault =
      value === null ? notClosed(name, end !== null) : (value.fault ?? whyCut(reader, name, value) ?? pieces)
    known.set(name, fault === null ? (value?.value ?? null) : null)
    if (refused === null) lines.push({ name, value: known.get(name) ?? null, line, fault })
    // Where the quote is closed nowhere, or another one is opened behind it, the rest of the file may be a part of it.
    if (end === null || /^\s*['"]/.test(value?.rest ?? '')) {
      return { lines: lines.map((one) => ({ ...one, value: null })), faults, openAt: line }
    }
    index = end
  }
  return { lines, faults, openAt: null }
}

function whyRefused(reader: Reader, name: string, at: number): Fault | null {
  if (reader === 'systemd') {
    if (at === -1) return syntaxFault('warn', 'the line is not NAME=value; systemd passes over it', WRITE_IT)
    if (VARIABLE_NAME.test(name)) return null
    const what = /^export\s/.test(name) ? 'a line that starts with "export"' : quote(name)
    return syntaxFault('fail', `systemd drops ${what}: that is no name of a variable`, WRITE_IT)
  }
  if (/^[\p{L}\p{N}_.[\]-]+$/u.test(name)) return null
  const what = at === -1 || !/^[\w \t]+$/.test(name) ? 'the line, which is not NAME=value' : quote(name)
  return syntaxFault('fail', `compose refuses ${what}, and with it the whole file`, WRITE_IT)
}

/** Nobody writes that on purpose. */
const CONTINUED_COMMENT = syntaxFault(
  'warn',
  'the comment above ends with a backslash: systemd before 254 takes this line for a part of it',
  'take the backslash out of the comment',
)
