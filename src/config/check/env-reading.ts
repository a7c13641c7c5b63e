/** What the readers of env files have in common: lines with values, and what is wrong with them. */
import type { Place, ReadBy, Remark } from '../../core/config/check/found.js'
import { quote } from '../../core/quote.js'

/** Besides those a user can name: what reads a `.env`. */
export type EnvDialect = 'literal' | 'shell' | 'compose' | 'systemd' | 'dotenv'

export interface Fault {
  readonly id: 'dialect' | 'syntax'
  readonly status: 'fail' | 'warn'
  /** A sentence that never shows a value. */
  readonly summary: string
  readonly hint: string | null
}

export interface EnvLine {
  readonly name: string
  /** Null where it is not in the file: another variable's, a command's output. */
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
}

/** A variable of the surroundings; null: it is there, with a value nobody can tell; undefined: nothing is known of it. */
export type Lookup = (name: string) => string | null | undefined

export const KNOW_NOTHING: Lookup = () => undefined

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

/** Without a `=`, anything else may be a value that lost its name: it is not taken for one. */
export function looksLikeName(text: string): boolean {
  return /^[A-Z_][A-Z0-9_]*$/.test(text)
}

/** How a variable is named in a sentence. What can't be its name may be a value in the wrong place. */
export function named(name: string): string {
  return name.length < 40 && VARIABLE_NAME.test(name) ? name : quote(name)
}

export const QUOTE_IT = "put the value in single quotes: NAME='value'"

export function remarkOf({ id, status, summary, hint }: Fault, place: Place): Remark {
  return { id, status, summary, hint, place }
}

/** Line number, from 1, of a place in a text. */
export function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
