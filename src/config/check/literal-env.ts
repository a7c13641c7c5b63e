/**
 * `docker run --env-file` (docker/cli, pkg/kvfile) and kubectl's --from-env-file: lines; white space before the name
 * goes; `#` starts a comment only where the name would be; everything after `=` is the value, quotes included.
 */
import { quote } from '../../core/quote.js'
import {
  dialectFault,
  type EnvLine,
  type EnvReading,
  type Fault,
  type Lookup,
  looksLikeName,
  named,
  syntaxFault,
} from './env-reading.js'

/** Go's unicode.IsSpace, which JavaScript's \s is not. */
const BLANKS = '\\t\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const LEADING = new RegExp(`^[${BLANKS}]+`)
/** Docker's scanner gives up at a longer line. */
const LONGEST_LINE_BYTES = 64 * 1024 - 1
const WITHOUT_QUOTES = 'write NAME=value, without quotes and without a comment behind it'

export function readLiteral(text: string, lookup: Lookup): EnvReading {
  const lines: EnvLine[] = []
  const faults: (Fault & { line: number })[] = []
  text.split('\n').forEach((whole, index) => {
    const line = index + 1
    const content = whole.replace(/\r$/, '').replace(LEADING, '')
    if (content === '' || content.startsWith('#')) return
    if (Buffer.byteLength(content) > LONGEST_LINE_BYTES) {
      faults.push({ ...syntaxFault('fail', 'the line is longer than the 64 KiB that docker reads'), line })
      return
    }
    const at = content.indexOf('=')
    const name = at === -1 ? content : content.slice(0, at)
    const why = whyNoName(name, at !== -1)
    if (why !== null) {
      faults.push({ ...syntaxFault('fail', why, 'write NAME=value'), line })
    } else if (at === -1) {
      if (looksLikeName(name)) lines.push({ name, value: lookup(name) ?? null, line, fault: fromSurroundings() })
      else faults.push({ ...fromSurroundings(), line })
    } else {
      const value = content.slice(at + 1)
      lines.push({ name, value, line, fault: faultOf(name, value) })
    }
  })
  return { lines, faults }
}

function whyNoName(name: string, hasValue: boolean): string | null {
  if (name === '') return 'the line has no name before its "="'
  if (/^export[ \t]/.test(name)) return 'docker and kubectl refuse a file with "export" in it'
  if (!/[ \t]/.test(name)) return null
  // Without a "=" it may be a value that lost its name.
  return hasValue
    ? `docker and kubectl refuse ${quote(name)}: a name has no white space in it`
    : 'docker and kubectl refuse the line, which is not NAME=value'
}

function fromSurroundings(): Fault {
  return syntaxFault(
    'warn',
    'the line has no "=": docker takes the variable from the environment it is run in',
    'write NAME=value',
  )
}

/** Quotes around a number are a rule of their own: the service refuses to start over them. */
function faultOf(name: string, value: string): Fault | null {
  const [, inner] = /^(?:'(.*)'|"(.*)")\s*$/s.exec(value)?.filter((part) => part !== undefined) ?? []
  const said = (what: string, status: 'fail' | 'warn' = 'fail') =>
    dialectFault(status, `the value of ${named(name)} is taken literally: ${what}`, WITHOUT_QUOTES)
  if (inner !== undefined && /^[0-9]+$/.test(inner)) return null
  if (inner !== undefined) return said('the quotes around it become part of it')
  if (/[ \t]#/.test(value)) return said('the "#" and what follows become part of it')
  if (/^['"]/.test(value)) return said('the quote at its start becomes part of it')
  if (value !== value.trim()) return said('the white space around it becomes part of it')
  return null
}
