/** An env file for a reader that is known, or for whoever it may be. */
import type { Finding, Place } from '../model/finding.js'
import type { FoundVariable } from '../model/found.js'
import { readLines } from './env-lines.js'
import {
  dialectFault,
  type EnvDialect,
  type EnvReading,
  KNOW_NOTHING,
  type Lookup,
  MAX_LINES,
  named,
  remarkOf,
  type Script,
} from './env-reading.js'
import { readLiteral } from './literal-env.js'
import { readShell } from './shell-lines.js'

export interface ReadEnvFile {
  readonly variables: readonly FoundVariable[]
  readonly remarks: readonly Finding[]
  /** Where it may set more than these; null where it does not. */
  readonly unknownAt: Place | null
  readonly script: Script
}

const BYTE_ORDER_MARK = '\uFEFF'
const NO_SCRIPT: Script = { mentioned: [], runs: null, startsContainer: false }

/** `dialect` null: nobody knows. Never throws, whatever the text. */
export function readEnvFile(
  whole: string,
  file: string,
  dialect: EnvDialect | null,
  lookup: Lookup = KNOW_NOTHING,
): ReadEnvFile {
  const marked = whole.startsWith(BYTE_ORDER_MARK)
  const text = (marked ? whole.slice(1) : whole).replaceAll('\r\n', '\n')
  const { lines: all, faults, openAt, script = NO_SCRIPT } = readAs(text, dialect, lookup)
  const at = (line: number): Place => ({ file, line })
  const lines = all.slice(0, MAX_LINES)
  const isCutOff = all.length + faults.length > MAX_LINES
  // What follows from a value that is cut short is no mistake of its own; a file that is refused as a whole is the worse.
  const cut = new Set(lines.flatMap(({ fault, line }) => (fault === null ? [] : [line])))
  const refused = new Set(faults.flatMap(({ status, line }) => (status === 'fail' ? [line] : [])))
  const said = [
    ...lines.flatMap(({ fault, line }) => (fault === null || refused.has(line) ? [] : [remarkOf(fault, at(line))])),
    ...faults.filter(({ line }) => refused.has(line) || !cut.has(line)).map((fault) => remarkOf(fault, at(fault.line))),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  return {
    variables: lines.map(({ name, value, line }) => ({ name, value, place: at(line) })),
    remarks: [
      ...(marked ? [markRemark(dialect, at(1))] : []),
      ...windowsRemark(whole, dialect, file),
      ...said.slice(0, MAX_LINES),
      ...(isCutOff ? [tooMany(at(Math.max(all.at(-1)?.line ?? 1, faults.at(-1)?.line ?? 1)))] : []),
    ],
    unknownAt: openAt === null ? null : at(openAt),
    script,
  }
}

function readAs(text: string, dialect: EnvDialect | null, lookup: Lookup): EnvReading {
  switch (dialect) {
    case null:
      return readUnknown(text)
    case 'literal':
      return readLiteral(text, lookup)
    case 'shell':
      return readShell(text)
    case 'compose':
    case 'systemd':
      return readLines(text, dialect, lookup)
  }
}

/** To sh, docker, kubectl, systemd and compose alike. */
const PLAIN = /^[ \t]*[A-Za-z_][A-Za-z0-9_]*=[A-Za-z0-9_./:@%+=,-]*$/

/** As sh reads it, for which people write these files; what others would read otherwise is said once. */
function readUnknown(text: string): EnvReading {
  const reading = readShell(text)
  const written = text.split('\n')
  const doubtful = reading.lines.filter(({ line }) => !PLAIN.test(written[line - 1] ?? ''))
  const [first] = doubtful
  return {
    ...reading,
    lines: reading.lines.map((line) => {
      if (line !== first) return { ...line, fault: null }
      const which = doubtful.length === 1 ? '' : ` and ${doubtful.length - 1} more`
      const what = `who reads this file decides what ${named(line.name)}${which} ${which === '' ? 'is' : 'are'}: quotes, blanks, "#", "$" and the like are not the same to sh, docker, systemd and compose`
      return {
        ...line,
        fault: dialectFault('warn', what, 'say who reads it with --read-by, or write values without them'),
      }
    }),
  }
}

function tooMany(place: Place): Finding {
  const summary = `there are more than ${MAX_LINES} variables and mistakes: what begins here is not looked at`
  return { id: 'unread', status: 'fail', summary, hint: 'give the env file of one service', ...place }
}

const SAVE_PLAINLY = 'save the file as UTF-8 without a byte order mark, with line feeds alone'

/** docker, kubectl and compose pass over it; sh and systemd take it for a part of the first name. */
function markRemark(dialect: EnvDialect | null, place: Place): Finding {
  const lost = dialect === 'shell' || dialect === 'systemd'
  return {
    id: 'bom',
    status: lost ? 'fail' : 'warn',
    summary: `the file starts with a byte order mark, ${lost ? 'which makes its first line unreadable' : 'which not every reader passes over'}`,
    hint: SAVE_PLAINLY,
    ...place,
  }
}

/** sh keeps the carriage return at the end of each value, the others don't. */
function windowsRemark(text: string, dialect: EnvDialect | null, file: string): readonly Finding[] {
  const at = text.indexOf('\r\n')
  if (at === -1) return []
  return [
    {
      id: 'crlf',
      status: dialect === 'shell' ? 'fail' : 'warn',
      summary: `the lines end as on Windows (CR LF)${dialect === 'shell' ? ': sh makes the CR a part of every value' : ', which sh would make a part of every value'}`,
      hint: SAVE_PLAINLY,
      file,
      line: text.slice(0, at).split('\n').length,
    },
  ]
}
