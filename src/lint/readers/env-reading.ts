/** Holds what the readers of env files share: variables with their lines, the walk over lines, and the faults. */
import type { Check } from '../../base/check.js'
import { quote } from '../../base/quote.js'

/** Without a place; its sentence never shows a value. */
export type Fault = Check
export type FaultAt = Fault & { readonly line: number }

export interface EnvLine {
  readonly name: string
  /** Null where it is not in the file, or not followed: another variable's, a command's output. */
  readonly value: string | null
  /** From 1: where the name is. */
  readonly line: number
  /** The reader gets something else than was most likely meant. */
  readonly fault: Fault | null
}

/** What has been read so far. */
export interface EnvReading {
  readonly lines: EnvLine[]
  /** Of lines that hold no variable. */
  readonly faults: FaultAt[]
  /** How many of the lines may have been set anew since: their values are not known. */
  doubtful: number
  /** The first line that may set anything, and is not followed; null where all is. */
  openAt: number | null
  /** Names that stand in what is not followed. */
  readonly mentioned: string[]
  /** What runs one of the services. */
  runs: string | null
  /** Whether a container of one of the services is started, whose settings are somewhere else. */
  startsContainer: boolean
}

/** A variable of the surroundings; null: it is there, with a value nobody can tell; undefined: nothing is known of it. */
export type Lookup = (name: string) => string | null | undefined

export const KNOW_NOTHING: Lookup = () => undefined

/** Far more than any service reads, and than any unit says: what follows is somebody else's. */
export const MAX_LINES = 1000

export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const NAME_IN_LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=/

export const QUOTE_IT = "put the value in single quotes: NAME='value'"
export const WRITE_IT = 'write NAME=value'

/** Its reader makes something else of a value. */
export function changed(summary: string, hint: string | null = QUOTE_IT): Fault {
  return { id: 'dialect', status: 'fail', summary, hint }
}

/** Its reader refuses or drops it. */
export function refused(summary: string, hint: string | null = null): Fault {
  return { id: 'syntax', status: 'fail', summary, hint }
}

/** `what`: which line, and why. */
export function notFollowed(what: string, hint: string | null = null): Fault {
  return { id: 'not-followed', status: 'warn', summary: `not followed, ${what}`, hint }
}

export function replaced(who: string, name: string, hint?: string): Fault {
  return changed(`${who} puts something else in place of a "$" in ${named(name)}`, hint)
}

/** Text behind a `#` that was probably a part of the value: no blank follows, and the value does not look whole. */
export function cutShort(who: string, name: string, written: string, behind: string): Fault | null {
  if (behind === '' || /^[\s#]/.test(behind) || /^(?:[0-9.]+|0x[0-9a-fA-F]+|.*['"])$/s.test(written)) return null
  return changed(`${who} cuts the value of ${named(name)} at the "#" behind a blank`)
}

/** How a variable is named in a sentence. What can't be its name may be a value in the wrong place. */
export function named(name: string): string {
  return name.length < 40 && VARIABLE_NAME.test(name) ? name : quote(name)
}

/** How one reader goes through lines. */
export interface LineReader {
  readonly reading: EnvReading
  /** Whether a backslash at the end of such a line continues it. */
  mayGoOn(line: string): boolean
  /** `isWhole`: it is one line, not several that are continued. */
  take(content: string, line: number, isWhole: boolean): LineEnd
}

export function nothingRead(): EnvReading {
  const found = { lines: [], faults: [], mentioned: [] }
  return { ...found, doubtful: 0, openAt: null, runs: null, startsContainer: false }
}

/** Where the reading of a line ends: with it, with the file, or in a quote that the line does not close. */
export type LineEnd = 'line' | 'file' | { readonly openQuote: string }

/** Never throws, whatever the text; looks at each line once. */
export function readLines(text: string, reader: LineReader): EnvReading {
  const { reading } = reader
  const { lines, faults } = reading
  const written = text.split('\n')
  for (let index = 0; index < written.length && lines.length + faults.length <= MAX_LINES; ) {
    const line = index + 1
    const parts = [written[index++] ?? '']
    while (reader.mayGoOn(parts[0] ?? '') && isContinued(parts.at(-1) ?? '') && index < written.length) {
      parts.push(parts.pop()?.slice(0, -1) ?? '', written[index++] ?? '')
    }
    const end = reader.take(parts.join(''), line, parts.length === 1)
    if (end === 'line') continue
    const next = end === 'file' ? null : lineOfQuote(written, index, end.openQuote)
    const last = lines.at(-1)
    if (end !== 'file' && last?.line === line) {
      // In quotes, lines are continued otherwise: a value in them is not known where there are several.
      lines[lines.length - 1] = { ...last, fault: next === null ? notClosed(last.name) : overLines(last.name) }
    }
    if (next === null) {
      for (const rest of written.slice(index)) reading.mentioned.push(NAME_IN_LINE.exec(rest)?.[1] ?? '')
      reading.openAt ??= line
      reading.doubtful = lines.length
      break
    }
    index = next
  }
  return reading
}

function notClosed(name: string): Fault {
  return refused(`the value of ${named(name)} ends without its quote`, QUOTE_IT)
}

function overLines(name: string): Fault {
  return notFollowed(`the value of ${named(name)}: its quotes go over several lines`)
}

/** Whether the next line is a part of this one: behind an odd number of backslashes. */
export function isContinued(line: string): boolean {
  let backslashes = 0
  while (line.charAt(line.length - 1 - backslashes) === '\\') backslashes++
  return backslashes % 2 === 1
}

/** Index of the line behind the one that closes a quote; null where none does, or goes on behind it. */
function lineOfQuote(lines: readonly string[], from: number, mark: string): number | null {
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const [, ...behind] = (mark === '"' ? line.replace(/\\./g, '') : line).split(mark)
    if (behind.length > 0) return behind.length === 1 && /^\s*(?:#.*)?$/.test(behind[0] ?? '') ? index + 1 : null
  }
  return null
}
