/**
 * Reads env files with one variable a line, each as its reader does: docker run --env-file (docker/cli, pkg/kvfile) and
 * kubectl --from-env-file, which take values literally; compose (compose-go, dotenv/parser.go); systemd (systemd.exec(5),
 * basic/env-file.c).
 */
import { quote } from '../../base/quote.js'
import {
  changed,
  type Fault,
  isContinued,
  type LineReader,
  type Lookup,
  named,
  nothingRead,
  refused,
  VARIABLE_NAME,
  WRITE_IT,
} from './env-reading.js'
import { escaped, readValue, whyCut } from './env-values.js'

interface Dialect {
  readonly who: string
  /** Without what is no part of a line. */
  readonly trim: (line: string) => string
  readonly comment: RegExp
  /** What ends a name. To systemd the first character belongs to the name, whatever it is. */
  readonly sign: RegExp
  /** Why the reader refuses the line, or drops it. `at`: of the sign; -1 where there is none. */
  readonly whyRefused: (content: string, name: string, at: number) => Fault | null
}

/** Go's unicode.IsSpace, which JavaScript's \s is not. */
const GO_BLANKS = /^[\t\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/
/** Docker's scanner gives up at a longer line. */
const LONGEST_LINE_BYTES = 64 * 1024 - 1

const DIALECTS: Readonly<Record<'literal' | 'compose' | 'systemd', Dialect>> = {
  literal: {
    who: 'docker',
    trim: (line) => line.replace(/\r$/, '').replace(GO_BLANKS, ''),
    comment: /^#/,
    sign: /=/,
    whyRefused(content, name, at) {
      const because = (what: string) => refused(what, WRITE_IT)
      if (Buffer.byteLength(content) > LONGEST_LINE_BYTES)
        return because('the line is longer than the 64 KiB that docker reads')
      if (name === '') return because('the line has no name before its "="')
      if (/^export[ \t]/.test(name)) return because('docker and kubectl refuse a file with "export" in it')
      if (!/[ \t]/.test(name)) return null
      // Without a "=" it may be a value that lost its name.
      return at === -1
        ? because('docker and kubectl refuse the line, which is not NAME=value')
        : because(`docker and kubectl refuse ${quote(name)}: a name has no white space in it`)
    },
  },
  compose: {
    who: 'compose',
    trim: (line) => line.trim(),
    comment: /^#/,
    sign: /[=:]/,
    whyRefused(_, name, at) {
      if (/^[\p{L}\p{N}_.[\]-]+$/u.test(name)) return null
      const what = at === -1 || !/^[\w \t]+$/.test(name) ? 'the line, which is not NAME=value' : quote(name)
      return refused(`compose refuses ${what}, and with it the whole file`, WRITE_IT)
    },
  },
  systemd: {
    who: 'systemd',
    trim: (line) => line.trim(),
    comment: /^[#;]/,
    sign: /(?!^)=/,
    whyRefused(_, name, at) {
      if (at === -1)
        return { ...refused('the line is not NAME=value; systemd passes over it', WRITE_IT), status: 'warn' }
      if (VARIABLE_NAME.test(name)) return null
      const what = /^export\s/.test(name) ? 'a line that starts with "export"' : quote(name)
      return refused(`systemd drops ${what}: that is no name of a variable`, WRITE_IT)
    },
  },
}

/** Nobody writes that on purpose. */
const CONTINUED_COMMENT: Fault = {
  ...refused('the comment above ends with a backslash: systemd before 254 takes this line for a part of it'),
  status: 'warn',
  hint: 'take the backslash out of the comment',
}

export function lineReader(reader: keyof typeof DIALECTS, lookup: Lookup): LineReader {
  const { who, trim, comment, sign, whyRefused } = DIALECTS[reader]
  const known = new Map<string, string | null>()
  const reading = nothingRead()
  const { lines, faults } = reading
  return {
    reading,
    // A name ends with its line.
    mayGoOn: (line) => reader === 'systemd' && line.includes('=') && !comment.test(trim(line)),
    take(written, line, isWhole) {
      const content = trim(written)
      if (content === '') return 'line'
      if (comment.test(content)) {
        if (reader === 'systemd' && isContinued(content)) faults.push({ ...CONTINUED_COMMENT, line: line + 1 })
        return 'line'
      }
      const at = content.search(sign)
      const before = content.slice(0, at === -1 ? undefined : at)
      const name =
        reader === 'literal' ? before : before.replace(reader === 'compose' ? /^export\s+/ : '', '').trimEnd()
      const why = whyRefused(content, name, at)
      if (why !== null) faults.push({ ...why, line })
      if (at === -1) {
        if (why !== null) return 'line'
        // A name alone. Anything else may be a value that lost its name: it is not taken for one.
        const what = `the line has no "=": ${who} takes the variable from the environment it is run in`
        const fault = { ...refused(what, WRITE_IT), status: 'warn' } as const
        if (/^[A-Z_][A-Z0-9_]*$/.test(name)) lines.push({ name, value: lookup(name) ?? null, line, fault })
        else faults.push({ ...fault, line })
        return 'line'
      }
      const behind = content.slice(at + 1)
      if (reader === 'literal') {
        if (why === null) lines.push({ name, value: behind, line, fault: whyTakenLiterally(name, behind) })
        return 'line'
      }
      const value = readValue(reader, name, behind.trimStart(), (one) => lookup(one) ?? known.get(one))
      const fault = value && (value.fault ?? whyCut(reader, name, value) ?? (isWhole ? null : escaped(name)))
      known.set(name, fault === null ? (value?.value ?? null) : null)
      if (why === null) lines.push({ name, value: known.get(name) ?? null, line, fault })
      if (value === null) return { openQuote: behind.trimStart().charAt(0) }
      // Where another quote is opened behind one, the rest of the file may be a part of it.
      return /^\s*['"]/.test(value.rest) ? 'file' : 'line'
    },
  }
}

/** Quotes around a number are a rule of their own: the service refuses to start over them. */
function whyTakenLiterally(name: string, value: string): Fault | null {
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
  return what && changed(`the value of ${named(name)} is taken literally: ${what}`, hint)
}
