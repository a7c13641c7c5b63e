/** Reads an env file as the program would that reads it, or as sh would where that program is not known. */
import type { Finding, Place } from '../model/finding.js'
import type { FoundVariable, ReadBy } from '../model/found.js'
import { lineReader } from './env-lines.js'
import {
  changed,
  type EnvReading,
  type Fault,
  type FaultAt,
  KNOW_NOTHING,
  type Lookup,
  MAX_LINES,
  named,
  readLines,
} from './env-reading.js'
import { readShell } from './shell.js'

/** Whose rules are followed. */
export type EnvDialect = Exclude<ReadBy, 'kubernetes'>

export interface ReadEnvFile {
  readonly variables: readonly FoundVariable[]
  readonly remarks: readonly Finding[]
  /** Where it may set more than these; null where it does not. */
  readonly unknownAt: Place | null
  readonly script: Pick<EnvReading, 'mentioned' | 'runs' | 'startsContainer'>
}

const BYTE_ORDER_MARK = '\uFEFF'
const SAVE_PLAINLY = 'save the file as UTF-8 without a byte order mark, with line feeds alone'
/** To sh, docker, kubectl, systemd and compose alike. */
const PLAIN = /^[ \t]*[A-Za-z_][A-Za-z0-9_]*=[A-Za-z0-9_./:@%+=,-]*$/

/** `dialect` null: nobody knows. Never throws, whatever the text. */
export function readEnvFile(
  whole: string,
  file: string,
  dialect: EnvDialect | null,
  lookup: Lookup = KNOW_NOTHING,
): ReadEnvFile {
  const marked = whole.startsWith(BYTE_ORDER_MARK)
  const text = (marked ? whole.slice(1) : whole).replaceAll('\r\n', '\n')
  const isShell = dialect === 'shell' || dialect === null
  const script = isShell ? readShell(text) : readLines(text, lineReader(dialect, lookup))
  const { faults, openAt, doubtful } = script
  const all = dialect === null ? saidOnce(script, text) : script.lines
  const lines = all.slice(0, MAX_LINES)
  // What follows from a value that is cut short is no mistake of its own; a file that is refused as a whole is the worse.
  const cut = new Set(lines.flatMap(({ fault, line }) => (fault === null ? [] : line)))
  const worst = new Set(faults.flatMap(({ status, line }) => (status === 'fail' ? line : [])))
  const said: FaultAt[] = [
    ...lines.flatMap(({ fault, line }) => (fault === null || worst.has(line) ? [] : { ...fault, line })),
    ...faults.filter(({ line }) => worst.has(line) || !cut.has(line)),
  ].toSorted((one, other) => one.line - other.line)
  const isCutOff = all.length + faults.length > MAX_LINES
  const last = Math.max(all.at(-1)?.line ?? 1, faults.at(-1)?.line ?? 1)
  return {
    variables: lines.map(({ name, value, line }, index) => {
      return { name, value: index < doubtful ? null : value, place: { file, line } }
    }),
    remarks: [
      ...(marked ? [markFault(dialect)] : []),
      ...windowsFault(whole, dialect),
      ...said.slice(0, MAX_LINES),
      ...(isCutOff ? [{ ...TOO_MANY, line: last }] : []),
    ].map(({ line, ...fault }) => ({ ...fault, file, line })),
    unknownAt: openAt === null ? null : { file, line: openAt },
    script,
  }
}

/** As sh reads it, for which people write these files; that others would read it otherwise is said once. */
function saidOnce({ lines }: EnvReading, text: string): EnvReading['lines'] {
  const written = text.split('\n')
  const doubtful = lines.filter(({ line }) => !PLAIN.test(written[line - 1] ?? ''))
  const [first] = doubtful
  return lines.map((line) => {
    if (line !== first) return { ...line, fault: null }
    const which = doubtful.length === 1 ? 'is' : `and ${doubtful.length - 1} more are`
    const what = `who reads this file decides what ${named(line.name)} ${which}: quotes, blanks, "#", "$" and the like are not the same to sh, docker, systemd and compose`
    const hint = 'say who reads it with --read-by, or write values without them'
    return { ...line, fault: { ...changed(what, hint), status: 'warn' } }
  })
}

const TOO_MANY: Fault = {
  id: 'unread',
  status: 'fail',
  summary: `there are more than ${MAX_LINES} variables and mistakes: what begins here is not looked at`,
  hint: 'give the env file of one service',
}

/** docker, kubectl and compose pass over it; sh and systemd take it for a part of the first name. */
function markFault(dialect: EnvDialect | null): FaultAt {
  const lost = dialect === 'shell' || dialect === 'systemd'
  const what = lost ? 'which makes its first line unreadable' : 'which not every reader passes over'
  const summary = `the file starts with a byte order mark, ${what}`
  return { id: 'bom', status: lost ? 'fail' : 'warn', summary, hint: SAVE_PLAINLY, line: 1 }
}

/** sh keeps the carriage return at the end of each value, the others don't. */
function windowsFault(text: string, dialect: EnvDialect | null): readonly FaultAt[] {
  const at = text.indexOf('\r\n')
  if (at === -1) return []
  const what =
    dialect === 'shell' ? ': sh makes the CR a part of every value' : ', which sh would make a part of every value'
  const summary = `the lines end as on Windows (CR LF)${what}`
  const line = text.slice(0, at).split('\n').length
  return [{ id: 'crlf', status: dialect === 'shell' ? 'fail' : 'warn', summary, hint: SAVE_PLAINLY, line }]
}
