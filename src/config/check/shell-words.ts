/**
 * Words of POSIX sh (Shell Command Language, 2.2 Quoting, 2.6 Word Expansions), as far as assignments need them. What
 * a word becomes by running something is not known; nothing is ever run.
 */
import type { Lookup } from './env-reading.js'

export interface Word {
  /** From `start` to `end` as it is written. */
  readonly start: number
  readonly end: number
  /** Null where it depends on what is not in the text. */
  readonly value: string | null
  readonly surprise: Surprise | null
}

/** What may not have been meant: a `$` in the midst of a value, a backslash that goes. */
type Surprise = 'expanded' | 'backslash' | 'unterminated'

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const PARAMETER = /\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=?+])([^{}$`"'\\]*))?\}/y
const ENDS_WORD = new Set([' ', '\t', '\n', '|', '&', ';', '<', '>', '(', ')'])

/** The word at `start`; behind `name=` with `assigned`, where a tilde may be a home directory. */
export function readWord(text: string, start: number, lookup: Lookup, assigned: boolean): Word {
  const parts: string[] = []
  let known = true
  let surprise: Surprise | null = null
  let index = start
  let references = 0
  let tilde = assigned
  const done = (): Word => ({ start, end: index, value: known ? parts.join('') : null, surprise: judged() })
  const judged = () =>
    surprise === 'expanded' && references === 1 && isOneReference(text.slice(start, index)) ? null : surprise
  const expand = (expansion: Expansion) => {
    index = expansion.end
    if (expansion.unterminated) surprise = 'unterminated'
    if (expansion.value === null) known = false
    else parts.push(expansion.value)
    if (expansion.unmeant) {
      references++
      surprise ??= 'expanded'
    }
  }
  while (index < text.length) {
    const char = text.charAt(index)
    if (ENDS_WORD.has(char)) break
    if (char === "'") {
      const end = text.indexOf("'", index + 1)
      if (end === -1) return { start, end: text.length, value: null, surprise: 'unterminated' }
      parts.push(text.slice(index + 1, end))
      index = end + 1
    } else if (char === '"') {
      index++
      while (index < text.length && text.charAt(index) !== '"') {
        const inner = text.charAt(index)
        if (inner === '\\') {
          const next = text.charAt(index + 1)
          if ('$`"\\'.includes(next)) parts.push(next)
          else if (next !== '\n') parts.push(`\\${next}`)
          index += 2
        } else if (inner === '$' || inner === '`') expand(readExpansion(text, index, lookup, true))
        else {
          parts.push(inner)
          index++
        }
      }
      if (index >= text.length) return { start, end: text.length, value: null, surprise: 'unterminated' }
      index++
    } else if (char === '\\') {
      const next = text.charAt(index + 1)
      index += 2
      // sh takes continued lines together first.
      if (next === '\n') continue
      parts.push(next)
      if (/[A-Za-z0-9]/.test(next)) surprise ??= 'backslash'
    } else if (char === '$' || char === '`') expand(readExpansion(text, index, lookup, false))
    else {
      if (char === '~' && tilde) known = false
      parts.push(char)
      index++
    }
    tilde = assigned && char === ':'
  }
  index = Math.min(index, text.length)
  return done()
}

interface Expansion {
  readonly value: string | null
  readonly end: number
  /** It is one that nobody may have wanted: its variable is not in the text. */
  readonly unmeant: boolean
  readonly unterminated: boolean
}

/** At a `$` or a backtick. */
function readExpansion(text: string, start: number, lookup: Lookup, quoted: boolean): Expansion {
  const expansion = (value: string | null, end: number, unmeant = false): Expansion => ({
    value,
    end,
    unmeant,
    unterminated: false,
  })
  const broken: Expansion = { value: null, end: text.length, unmeant: false, unterminated: true }
  if (text.charAt(start) === '`') {
    for (let index = start + 1; index < text.length; index++) {
      if (text.charAt(index) === '\\') index++
      else if (text.charAt(index) === '`') return expansion(null, index + 1, true)
    }
    return broken
  }
  const next = text.charAt(start + 1)
  if (next === '(') {
    const end = closing(text, start + 1, '(', ')')
    return end === -1 ? broken : expansion(null, end)
  }
  if (next === '{') {
    PARAMETER.lastIndex = start + 1
    const [match, name = '', operator, word = ''] = PARAMETER.exec(text) ?? []
    if (match !== undefined) {
      return expansion(parameter(lookup(name), operator, word, quoted), start + 1 + match.length)
    }
    const end = closing(text, start + 1, '{', '}')
    return end === -1 ? broken : expansion(null, end)
  }
  NAME.lastIndex = start + 1
  const name = NAME.exec(text)?.[0]
  if (name !== undefined) {
    // sh takes continued lines together first, so that the name may go on.
    if (text.startsWith('\\\n', start + 1 + name.length)) return expansion(null, start + 1 + name.length, true)
    const value = lookup(name)
    return expansion(split(value ?? null, quoted), start + 1 + name.length, value === undefined)
  }
  if (next === '\\' && text.charAt(start + 2) === '\n') return expansion(null, start + 3, true)
  if (/[0-9@*#?$!-]/.test(next)) return expansion(null, start + 2, true)
  // bash has $'…' and $"…", sh has not.
  if (!quoted && (next === "'" || next === '"')) return { ...readAnsi(text, start + 1, next), unmeant: true }
  return expansion('$', start + 1)
}

/** Words that are not quoted may be split in `export`; which sh does that differs. */
function split(value: string | null, quoted: boolean): string | null {
  return value === null || quoted || !/[ \t\n*?[\\]/.test(value) ? value : null
}

function parameter(
  value: string | null | undefined,
  operator: string | undefined,
  word: string,
  quoted: boolean,
): string | null {
  if (value === undefined || value === null || /[~\s*?[\]]/.test(word)) return null
  const empty = value === '' && operator?.startsWith(':') === true
  if (operator?.endsWith('+')) return empty ? '' : word
  if (empty) return operator?.endsWith('?') ? null : word
  return split(value, quoted)
}

function readAnsi(text: string, start: number, mark: string): Expansion {
  for (let index = start + 1; index < text.length; index++) {
    if (text.charAt(index) === '\\') index++
    else if (text.charAt(index) === mark) return { value: null, end: index + 1, unmeant: true, unterminated: false }
  }
  return { value: null, end: text.length, unmeant: true, unterminated: true }
}

/** Past the bracket that closes the one at `start`, quotes in between passed over; -1 where there is none. */
function closing(text: string, start: number, open: string, close: string): number {
  let depth = 0
  for (let index = start; index < text.length; index++) {
    const char = text.charAt(index)
    if (char === '\\') index++
    else if (char === "'") {
      const end = text.indexOf("'", index + 1)
      if (end === -1) return -1
      index = end
    } else if (char === open) depth++
    else if (char === close && --depth === 0) return index + 1
  }
  return -1
}

/** `$NAME`, alone or in double quotes, in capitals: written to be replaced. */
function isOneReference(word: string): boolean {
  return /^"?(?:\$[A-Z_][A-Z0-9_]*|`[^`]*`)"?$/.test(word)
}
