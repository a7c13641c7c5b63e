/**
 * systemd's EnvironmentFile= (systemd.exec(5); parse_env_file_internal in basic/env-file.c, whose states these are):
 * quotes may start anywhere behind `=`, a backslash takes the next character literally, `#` and `;` start a comment
 * only where a name would be, nothing is expanded. What is no name of a variable is dropped with a line in the log.
 */
import { quote } from '../../core/quote.js'
import {
  dialectFault,
  type EnvLine,
  type EnvReading,
  type Fault,
  named,
  syntaxFault,
  VARIABLE_NAME,
} from './env-reading.js'

type State = 'name' | 'before' | 'value' | 'escape' | 'single' | 'double' | 'double-escape'

export function readSystemd(text: string): EnvReading {
  const lines: EnvLine[] = []
  const faults: (Fault & { line: number })[] = []
  let line = 1
  let index = 0
  while (index < text.length) {
    const char = text.charAt(index)
    if (/[ \t\r\n]/.test(char)) {
      if (char === '\n') line++
      index++
    } else if (char === '#' || char === ';') {
      while (index < text.length && !/[\r\n]/.test(text.charAt(index))) index++
      if (text.charAt(index - 1) === '\\') faults.push({ ...CONTINUED_COMMENT, line: line + 1 })
    } else {
      const found = readOne(text, index)
      const { name, value } = found
      if (value === null) {
        faults.push({ ...noEquals(), line })
      } else if (!VARIABLE_NAME.test(name)) {
        faults.push({ ...noName(name), line })
      } else {
        lines.push({ name, value, line, fault: found.surprise === null ? null : surpriseIn(name, found.surprise) })
      }
      line += (text.slice(index, found.end).match(/\n/g) ?? []).length
      index = found.end
    }
  }
  return { lines, faults }
}

interface One {
  readonly name: string
  /** Null where the line ended before a `=`. */
  readonly value: string | null
  readonly end: number
  readonly surprise: Surprise | null
}

type Surprise = 'comment' | 'backslash' | 'joined' | 'unterminated' | 'several lines'

function readOne(text: string, start: number): One {
  let state: State = 'name'
  let name = ''
  let value = ''
  /** How much of the value white space at its end must not take away. */
  let kept = 0
  let closed = false
  let surprise: Surprise | null = null
  let index = start
  for (; index < text.length; index++) {
    const char = text.charAt(index)
    const ends = char === '\n' || char === '\r'
    const blank = ends || char === ' ' || char === '\t'
    if (state === 'name') {
      if (ends) return { name: name.replace(/[ \t]+$/, ''), value: null, end: index, surprise }
      // The first character belongs to the name, whatever it is.
      if (char === '=' && index > start) state = 'before'
      else name += char
    } else if (state === 'before') {
      if (ends) break
      if (char === "'") state = 'single'
      else if (char === '"') state = 'double'
      else if (char === '\\') state = 'escape'
      else if (!blank) {
        if (closed) surprise ??= char === '#' ? 'comment' : 'joined'
        state = 'value'
        value += char
        kept = value.length
      }
    } else if (state === 'value') {
      if (ends) break
      if (char === '\\') state = 'escape'
      else {
        if (char === '#' && kept < value.length) surprise ??= 'comment'
        value += char
        if (!blank) kept = value.length
      }
    } else if (state === 'escape') {
      state = 'value'
      if (!ends) {
        surprise ??= /[A-Za-z0-9]/.test(char) ? 'backslash' : null
        value += char
      }
      kept = value.length
    } else if (state === 'single') {
      if (char === "'") {
        state = 'before'
        closed = true
      } else value += char
      kept = value.length
    } else if (state === 'double') {
      if (char === '"') {
        state = 'before'
        closed = true
      } else if (char === '\\') state = 'double-escape'
      else value += char
      kept = value.length
    } else {
      state = 'double'
      if ('"\\`$'.includes(char)) value += char
      else if (char !== '\n') value += `\\${char}`
      kept = value.length
    }
  }
  if (state === 'name') return { name: name.replace(/[ \t]+$/, ''), value: null, end: index, surprise }
  if (state === 'single' || state === 'double' || state === 'double-escape') surprise = 'unterminated'
  else if (value.includes('\n')) surprise ??= 'several lines'
  return { name: name.replace(/[ \t]+$/, ''), value: value.slice(0, kept), end: index, surprise }
}

const SURPRISES: Readonly<Record<Surprise, string>> = {
  comment: 'systemd knows no comment behind a value: the "#" and what follows become part of it',
  backslash: 'systemd takes a backslash away and the next character literally',
  joined: 'what follows the closing quote becomes part of it',
  unterminated: 'its quote is not closed, so that systemd takes the rest of the file for it',
  'several lines': 'its quotes go over several lines',
}

function surpriseIn(name: string, surprise: Surprise): Fault {
  const summary = `the value of ${named(name)} is not what it looks like: ${SURPRISES[surprise]}`
  return surprise === 'unterminated' ? syntaxFault('fail', summary) : dialectFault('fail', summary)
}

/** Nobody writes that on purpose. */
const CONTINUED_COMMENT = syntaxFault(
  'warn',
  'the comment above ends with a backslash: systemd before 254 takes this line for a part of it',
  'take the backslash out of the comment',
)

function noEquals(): Fault {
  return syntaxFault('warn', 'the line is not NAME=value; systemd passes over it', 'write NAME=value')
}

function noName(name: string): Fault {
  const what = name.startsWith('export ') ? 'a line that starts with "export"' : quote(name)
  return syntaxFault('fail', `systemd drops ${what}: that is no name of a variable`, 'write NAME=value')
}
