/**
 * Compose's interpolation (compose-go, template): `$NAME`, `${NAME}` with `:-`, `-`, `:+`, `+`, `:?`, `?`, and `$$` for
 * a dollar. A variable that nothing is known of may be in the environment compose is run in: the value is null then.
 */
import type { Lookup } from './env-reading.js'

export interface Interpolated {
  readonly value: string | null
  /** A `$` that may not have been meant: `$name` in the midst of text, or one that compose refuses. */
  readonly surprise: boolean
  /** Names that were asked for. */
  readonly names: readonly string[]
}

const PLAIN = /\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])|(?=\})))?/g
const MAX_DEPTH = 8

export function interpolate(text: string, lookup: Lookup, depth = 0): Interpolated {
  if (!text.includes('$')) return { value: text, surprise: false, names: [] }
  const parts: string[] = []
  const names: string[] = []
  let known = true
  let surprise = false
  let index = 0
  PLAIN.lastIndex = 0
  const add = (value: string | null | undefined) => {
    if (value === null || value === undefined) known = false
    else parts.push(value)
  }
  const pattern = new RegExp(PLAIN)
  for (;;) {
    pattern.lastIndex = index
    const match = pattern.exec(text)
    if (match === null) break
    const [whole, dollar, plain, braced, operator] = match
    parts.push(text.slice(index, match.index))
    index = match.index + whole.length
    if (dollar !== undefined) parts.push('$')
    else if (plain !== undefined) {
      names.push(plain)
      const value = lookup(plain)
      add(value)
      if (value === undefined && !(whole === text && plain === plain.toUpperCase())) surprise = true
    } else if (braced !== undefined) {
      names.push(braced)
      const end = closing(text, index)
      if (end === -1 || depth >= MAX_DEPTH) {
        known = false
        surprise ||= end === -1
        break
      }
      const inner = interpolate(text.slice(index, end), lookup, depth + 1)
      names.push(...inner.names)
      add(resolve(lookup(braced), operator, inner.value))
      index = end + 1
    } else {
      known = false
      surprise = true
    }
  }
  parts.push(text.slice(index))
  return { value: known ? parts.join('') : null, surprise, names }
}

/** `word` is what stands behind the operator. Of a variable nothing is known of, a default is as good a guess as any. */
function resolve(value: string | null | undefined, operator: string | undefined, word: string | null): string | null {
  if (operator?.endsWith('-')) {
    return value === undefined || (operator === ':-' && value === '') ? word : value
  }
  if (value === null) return operator === '+' ? word : null
  if (operator?.endsWith('+')) return value === undefined || (operator === ':+' && value === '') ? '' : word
  return value ?? null
}

/** The `}` that belongs to a `${` before `from`; -1 where there is none. */
function closing(text: string, from: number): number {
  let depth = 0
  for (let index = from; index < text.length; index++) {
    if (text.startsWith('${', index)) depth++
    else if (text.charAt(index) === '}' && depth-- === 0) return index
  }
  return -1
}
