/**
 * Compose's env_file and `.env` (compose-go, dotenv/parser.go): quotes, also over lines; ` #` ends an unquoted value;
 * `$NAME` and `${NAME}` are replaced except in single quotes; `NAME` alone is taken from the environment.
 */

import { quote } from '../../core/quote.js'
import { C_ESCAPES } from './c-escapes.js'
import {
  dialectFault,
  type EnvLine,
  type EnvReading,
  type Fault,
  type Lookup,
  lineCounter,
  looksLikeName,
  named,
  QUOTE_IT,
  syntaxFault,
} from './env-reading.js'
import { interpolate } from './interpolate.js'

/** Go's isSpace without the line feed. */
const BLANK = /[\t\v\f\r \u0085\u00a0]/

export function readCompose(text: string, lookup: Lookup): EnvReading {
  const source = text.replaceAll('\r\n', '\n')
  const lineAt = lineCounter(source)
  const lines: EnvLine[] = []
  const faults: (Fault & { line: number })[] = []
  const known = new Map<string, string | null>()
  const found: Lookup = (name) => lookup(name) ?? known.get(name)
  let index = 0
  while (index < source.length) {
    const char = source.charAt(index)
    if (char === '\n' || BLANK.test(char)) index++
    else if (char === '#') index = lineEnd(source, index)
    else {
      const { name, next, inherited, why } = readName(source, index)
      const line = lineAt(index)
      if (why !== null) {
        faults.push({ ...syntaxFault('fail', why, 'write NAME=value'), line })
        // Compose gives the whole file up here; what else is wrong with it is worth knowing all the same.
        index = lineEnd(source, index)
      } else if (inherited) {
        if (looksLikeName(name)) lines.push({ name, value: lookup(name) ?? null, line, fault: fromSurroundings() })
        else faults.push({ ...fromSurroundings(), line })
        index = next
      } else {
        const { value, end, fault } = readValue(source, next, name, found)
        known.set(name, value)
        lines.push({ name, value, line, fault })
        index = end
      }
    }
  }
  return { lines, faults }
}

interface Name {
  readonly name: string
  readonly next: number
  /** Without a value of its own. */
  readonly inherited: boolean
  readonly why: string | null
}

function readName(source: string, start: number): Name {
  const skipped = /^export[\t\v\f\r \u0085\u00a0]+/.exec(source.slice(start, start + 80))?.[0].length ?? 0
  const from = start + skipped
  for (let index = from; index <= source.length; index++) {
    const char = source.charAt(index)
    if (char === '=' || char === ':' || char === '\n' || char === '') {
      const name = source.slice(from, index).replace(/[\s\u0085]+$/, '')
      const spaced =
        char === '=' ? `${quote(name)}: a name has no white space in it` : 'the line, which is not NAME=value'
      const why =
        name === '' ? 'the line has no name before its "="' : /\s/.test(name) ? `compose refuses ${spaced}` : null
      const end = Math.min(index + 1, source.length)
      return { name, next: skipBlanks(source, end), inherited: char === '\n' || char === '', why }
    }
    if (BLANK.test(char) || /[\p{L}\p{N}_.[\]-]/u.test(char)) continue
    const why = 'compose refuses the whole file at this line, which is not NAME=value'
    return { name: '', next: index, inherited: false, why }
  }
  return { name: '', next: source.length, inherited: false, why: null }
}

function readValue(
  source: string,
  start: number,
  name: string,
  lookup: Lookup,
): { value: string | null; end: number; fault: Fault | null } {
  const mark = source.charAt(start)
  if (mark !== '"' && mark !== "'") {
    const end = lineEnd(source, start)
    const whole = source.slice(start, end)
    const cut = whole.indexOf(' #')
    const written = (cut === -1 ? whole : whole.slice(0, cut)).replace(/[\s\u0085]+$/, '')
    const { value, surprise } = interpolate(written, lookup)
    const fault =
      (surprise ? replaced(name) : null) ?? (cut === -1 ? null : cutShort(name, written, whole.slice(cut + 2)))
    return { value, end, fault }
  }
  const chars: string[] = []
  for (let index = start + 1; index < source.length; index++) {
    const char = source.charAt(index)
    if (char === '\\' && index + 1 < source.length) {
      const next = source.charAt(++index)
      chars.push(next === mark ? next : `\\${next}`)
    } else if (char === mark) {
      const end = index + 1
      const fault = behind(source, end, name)
      const read = closed(chars.join(''), mark, lookup, name)
      return fault === null ? { ...read, end } : { ...read, end: lineEnd(source, end), fault }
    } else chars.push(char)
  }
  const fault = syntaxFault('fail', `the value of ${named(name)} ends without its quote`, QUOTE_IT)
  return { value: null, end: lineEnd(source, start), fault }
}

function closed(
  text: string,
  mark: string,
  lookup: Lookup,
  name: string,
): { value: string | null; fault: Fault | null } {
  if (mark === "'") return { value: text, fault: null }
  const { value, surprise } = interpolate(unescaped(text), lookup)
  return { value, fault: surprise ? replaced(name) : null }
}

/** Text behind the closing quote is the next variable to compose, and certainly was not meant as one. */
function behind(source: string, at: number, name: string): Fault | null {
  const rest = source.slice(at, lineEnd(source, at))
  if (/^\s*(?:#.*)?$/.test(rest)) return null
  return dialectFault('fail', `compose ends the value of ${named(name)} at its closing quote, with text behind it`)
}

const ESCAPES: Readonly<Record<string, string>> = { ...C_ESCAPES, $: '$$' }

/** What a double-quoted value may hold; `\c` and octal digits are Go's. */
function unescaped(text: string): string {
  return text.replace(/\\(?:([abfnrtv$"\\])|0([0-7]{0,3}))/g, (_, letter: string | undefined, digits: string) =>
    letter === undefined ? String.fromCharCode(Number.parseInt(digits || '0', 8)) : (ESCAPES[letter] ?? letter),
  )
}

function replaced(name: string): Fault {
  return dialectFault('fail', `compose puts something else in place of a "$" in ${named(name)}`)
}

export function cutShort(name: string, written: string, behindHash: string, who = 'compose'): Fault | null {
  if (behindHash === '' || /^[\s#]/.test(behindHash) || /^(?:[0-9.]+|0x[0-9a-fA-F]+)$/.test(written)) return null
  return dialectFault('fail', `${who} cuts the value of ${named(name)} at the "#" behind a blank`)
}

function fromSurroundings(): Fault {
  return syntaxFault(
    'warn',
    'the line has no "=": compose takes the variable from the environment it is run in',
    'write NAME=value',
  )
}

function skipBlanks(source: string, from: number): number {
  let index = from
  while (index < source.length && BLANK.test(source.charAt(index))) index++
  return index
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from)
  return end === -1 ? source.length : end
}
