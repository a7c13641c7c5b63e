/**
 * `docker run --env-file` (docker/cli, pkg/kvfile) and kubectl's --from-env-file: lines; white space before the name
 * goes; `#` starts a comment only where the name would be; everything after `=` is the value, quotes included.
 */
import { quote } from '../../base/quote.js'
import {
  dialectFault,
  type EnvLine,
  type EnvReading,
  type Fault,
  fromSurroundings,
  type Lookup,
  MAX_LINES,
  named,
  syntaxFault,
  WRITE_IT,
} from './env-reading.js'

/** Go's unicode.IsSpace, which JavaScript's \s is not. */
const LEADING = /^[\t\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/
/** Docker's scanner gives up at a longer line. */
const LONGEST_LINE_BYTES = 64 * 1024 - 1

export function readLiteral(text: string, lookup: Lookup): EnvReading {
  const lines: EnvLine[] = []
  const faults: (Fault & { line: number })[] = []
  text.split('\n').forEach((whole, index) => {
    if (lines.length + faults.length > MAX_LINES) return
    const line = index + 1
    const content = whole.replace(/\r$/, '').replace(LEADING, '')
    if (content === '' || content.startsWith('#')) return
    const at = content.indexOf('=')
    const name = at === -1 ? content : content.slice(0, at)
    const why = whyRefused(content, name, at !== -1)
    if (why !== null) faults.push({ ...syntaxFault('fail', why, WRITE_IT), line })
    else if (at === -1) {
      const found = fromSurroundings('docker', name, line, lookup)
      lines.push(...found.lines)
      faults.push(...found.faults)
    } else {
      const value = content.slice(at + 1)
      lines.push({ name, value, line, fault: faultOf(name, value) })
    }
  })
  return { lines, faults, openAt: null }
}

function whyRefused(content: string, name: string, hasValue: boolean): string | null {
  if (Buffer.byteLength(content) > LONGEST_LINE_BYTES) return 'the line is longer than the 64 KiB that docker reads'
  if (name === '') return 'the line has no name before its "="'
  if (/^export[ \t]/.test(name)) return 'docker and kubectl refuse a file with "export" in it'
  if (!/[ \t]/.test(name)) return null
  // Without a "=" it may be a value that lost its name.
  return hasValue
    ? `docker and kubectl refuse ${quote(name)}: a name has no white space in it`
    : 'docker and kubectl refuse the line, which is not NAME=value'
}

/** Quotes around a number are a rule of their own: the service refuses to start over them. */
function faultOf(name: string, value: string): Fault | null {
  if (/^(?:'[0-9]+'|"[0-9]+")\s*$/.test(value)) return null
  const what = /^'.*'\s*$|^".*"\s*$/s.test(value)
    ? 'the quotes around it become part of it'
    : /[ \t]#/.test(value)
      ? 'the "#" and what follows become part of it'
      : /^['"]/.test(value)
        ? 'the quote at its start becomes part of it'
        : value !== value.trim()
          ? 'the white space around it becomes part of it'
          : null
  const hint = 'write NAME=value, without quotes and without a comment behind it'
  return what && dialectFault('fail', `the value of ${named(name)} is taken literally: ${what}`, hint)
}
