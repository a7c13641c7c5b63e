/** What the readers of env files have in common: settings with their lines, and what is wrong with them. */

import { quote } from '../../base/quote.js'
import type { Finding, Place } from '../model/finding.js'
import type { ReadBy } from '../model/found.js'

/** Whose rules are followed. */
export type EnvDialect = Exclude<ReadBy, 'kubernetes'>

export interface Fault {
  readonly id: 'dialect' | 'syntax' | 'not-followed'
  readonly status: 'fail' | 'warn'
  /** A sentence that never shows a value. */
  readonly summary: string
  readonly hint: string | null
}

export interface EnvLine {
  readonly name: string
  /** Null where it is not in the file, or not followed: another variable's, a command's output. */
  readonly value: string | null
  /** From 1: where the name is. */
  readonly line: number
  /** The reader gets something else than was most likely meant. */
  readonly fault: Fault | null
}

export interface EnvReading {
  readonly lines: readonly EnvLine[]
  /** Of lines that hold no variable. */
  readonly faults: readonly (Fault & { readonly line: number })[]
  /** The first line that may set anything, and is not followed; null where all is. */
  readonly openAt: number | null
  /** Of what sh reads. */
  readonly script?: Script
}

export interface Script {
  /** Names that stand in what is not followed. */
  readonly mentioned: readonly string[]
  /** What runs one of the services. */
  readonly runs: string | null
  /** Whether it starts a container of one of the services, whose settings are somewhere else. */
  readonly startsContainer: boolean
}

/** A variable of the surroundings; null: it is there, with a value nobody can tell; undefined: nothing is known of it. */
export type Lookup = (name: string) => string | null | undefined

export const KNOW_NOTHING: Lookup = () => undefined

/** Far more than any service reads, and than any unit says: what follows is somebody else's. */
export const MAX_LINES = 1000

export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

export function dialectOf(readBy: ReadBy): EnvDialect {
  return readBy === 'kubernetes' ? 'literal' : readBy
}

export function dialectFault(status: Fault['status'], summary: string, hint: string | null = QUOTE_IT): Fault {
  return { id: 'dialect', status, summary, hint }
}

export function syntaxFault(status: Fault['status'], summary: string, hint: string | null = null): Fault {
  return { id: 'syntax', status, summary, hint }
}

export const QUOTE_IT = "put the value in single quotes: NAME='value'"
export const WRITE_IT = 'write NAME=value'

/** `later`: whether its quote is closed in a line behind, so that it has line breaks in it. */
export function notClosed(name: string, later: boolean): Fault {
  return later
    ? notFollowed(`the value of ${named(name)}: its quotes go over several lines`)
    : syntaxFault('fail', `the value of ${named(name)} ends without its quote`, QUOTE_IT)
}

/** Index of the line behind the one that closes a quote; null where none does, or goes on behind it. */
export function lineOfQuote(lines: readonly string[], from: number, mark: string): number | null {
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const [, ...behind] = (mark === '"' ? line.replace(/\\./g, '') : line).split(mark)
    if (behind.length > 0) return behind.length === 1 && /^\s*(?:#.*)?$/.test(behind[0] ?? '') ? index + 1 : null
  }
  return null
}

/** Whether the next line is a part of this one: behind an odd number of backslashes. */
export function isContinued(line: string): boolean {
  let backslashes = 0
  while (line.charAt(line.length - 1 - backslashes) === '\\') backslashes++
  return backslashes % 2 === 1
}

/**
 * The line at `from` with those that it is continued by, and the index behind them. In quotes that would be read
 * otherwise: a value in them is not known where there are several.
 */
export function continuedLine(
  lines: readonly string[],
  from: number,
): { readonly text: string; readonly next: number } {
  const parts: string[] = []
  for (let index = from; ; index++) {
    const line = lines[index] ?? ''
    if (!isContinued(line) || index + 1 >= lines.length) return { text: [...parts, line].join(''), next: index + 1 }
    parts.push(line.slice(0, -1))
  }
}

export function replaced(who: string, name: string, hint?: string): Fault {
  return dialectFault('fail', `${who} puts something else in place of a "$" in ${named(name)}`, hint)
}

/** `what`: which line, and why. */
export function notFollowed(what: string, status: Fault['status'] = 'warn', hint: string | null = null): Fault {
  return { id: 'not-followed', status, summary: `not followed, ${what}`, hint }
}

/** Text behind a `#` that was probably a part of the value: no blank follows, and the value does not look whole. */
export function cutShort(who: string, name: string, written: string, behind: string): Fault | null {
  if (behind === '' || /^[\s#]/.test(behind) || /^(?:[0-9.]+|0x[0-9a-fA-F]+|.*['"])$/s.test(written)) return null
  return dialectFault('fail', `${who} cuts the value of ${named(name)} at the "#" behind a blank`)
}

/** A name alone on its line. Anything else may be a value that lost its name: it is not taken for one. */
export function fromSurroundings(who: string, name: string, line: number, lookup: Lookup) {
  const summary = `the line has no "=": ${who} takes the variable from the environment it is run in`
  const fault = syntaxFault('warn', summary, WRITE_IT)
  return /^[A-Z_][A-Z0-9_]*$/.test(name)
    ? { lines: [{ name, value: lookup(name) ?? null, line, fault }], faults: [] }
    : { lines: [], faults: [{ ...fault, line }] }
}

/** How a variable is named in a sentence. What can't be its name may be a value in the wrong place. */
export function named(name: string): string {
  return name.length < 40 && VARIABLE_NAME.test(name) ? name : quote(name)
}

export function remarkOf({ id, status, summary, hint }: Fault, place: Place): Finding {
  return { id, status, summary, hint, ...place }
}
