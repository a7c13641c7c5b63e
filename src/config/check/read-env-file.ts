/** An env file for a reader that is known, or for whoever it may be. */
import type { FoundVariable, Place, Remark } from '../../core/config/check/found.js'
import { readCompose } from './compose-env.js'
import { readDotenv } from './dotenv-env.js'
import { type EnvDialect, type EnvReading, KNOW_NOTHING, type Lookup, remarkOf } from './env-reading.js'
import { readLiteral } from './literal-env.js'
import { readShell } from './shell-env.js'
import { readSystemd } from './systemd-env.js'
import { readUnknown } from './unknown-env.js'

export interface ReadEnvFile {
  readonly variables: readonly FoundVariable[]
  readonly remarks: readonly Remark[]
}

const BYTE_ORDER_MARK = '\uFEFF'

/** `dialect` null: nobody knows. Never throws, whatever the text. */
export function readEnvFile(
  whole: string,
  file: string,
  dialect: EnvDialect | null,
  lookup: Lookup = KNOW_NOTHING,
): ReadEnvFile {
  const marked = whole.startsWith(BYTE_ORDER_MARK)
  const text = (marked ? whole.slice(1) : whole).replaceAll('\r\n', '\n')
  const { lines, faults } = readAs(text, dialect, lookup)
  const at = (line: number): Place => ({ file, line })
  // What follows from a value that is cut short is no mistake of its own; a file that is refused as a whole is the worse.
  const cut = new Set(lines.flatMap(({ fault, line }) => (fault === null ? [] : [line])))
  const refused = new Set(faults.flatMap(({ status, line }) => (status === 'fail' ? [line] : [])))
  const said = [
    ...lines.flatMap(({ fault, line }) => (fault === null || refused.has(line) ? [] : [remarkOf(fault, at(line))])),
    ...faults.filter(({ line }) => refused.has(line) || !cut.has(line)).map((fault) => remarkOf(fault, at(fault.line))),
  ].sort((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0))
  return {
    variables: lines.map(({ name, value, line }) => ({ name, value, place: at(line) })),
    remarks: [...(marked ? [markRemark(dialect, at(1))] : []), ...windowsRemark(whole, dialect, file), ...said],
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
      return readCompose(text, lookup)
    case 'systemd':
      return readSystemd(text)
    case 'dotenv':
      return readDotenv(text)
  }
}

const SAVE_PLAINLY = 'save the file as UTF-8 without a byte order mark, with line feeds alone'

/** docker, kubectl and compose pass over it; sh and systemd take it for a part of the first name. */
function markRemark(dialect: EnvDialect | null, place: Place): Remark {
  const lost = dialect === 'shell' || dialect === 'systemd'
  return {
    id: 'bom',
    status: lost ? 'fail' : 'warn',
    summary: `the file starts with a byte order mark, ${lost ? 'which makes its first line unreadable' : 'which not every reader passes over'}`,
    hint: SAVE_PLAINLY,
    place,
  }
}

/** sh keeps the carriage return at the end of each value, the others don't. */
function windowsRemark(text: string, dialect: EnvDialect | null, file: string): readonly Remark[] {
  const at = text.indexOf('\r\n')
  if (at === -1) return []
  const line = text.slice(0, at).split('\n').length
  return [
    {
      id: 'crlf',
      status: dialect === 'shell' ? 'fail' : 'warn',
      summary: `the lines end as on Windows (CR LF)${dialect === 'shell' ? ': sh makes the CR a part of every value' : ', which sh would make a part of every value'}`,
      hint: SAVE_PLAINLY,
      place: { file, line },
    },
  ]
}
