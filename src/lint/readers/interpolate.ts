/**
 * Compose's interpolation: `$NAME`, `${NAME}` with `:-`, `-`, `:+`, `+`, `:?`, `?` and a plain word behind, and `$$` for a
 * dollar. What is nested, and a variable that nothing is known of, give null: it may be in compose's own environment.
 */
import type { Lookup } from './env-reading.js'

export interface Interpolated {
  readonly value: string | null
  /** A `$` that may not have been meant: `$name` in the midst of text, or one that compose refuses. */
  readonly surprise: boolean
  /** Names that were asked for. */
  readonly names: readonly string[]
}

const REFERENCE = /\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^${}]*))?\}|(\{)|)/g

export function interpolate(text: string, lookup: Lookup): Interpolated {
  const names: string[] = []
  let known = true
  let surprise = false
  const value = text.replace(REFERENCE, (whole, dollar?: string, plain?: string, braced?: string, ...rest) => {
    const [operator, word, nested] = rest as (string | undefined)[]
    if (dollar !== undefined) return '$'
    const name = plain ?? braced
    if (name !== undefined) names.push(name)
    const found = name === undefined ? null : resolve(lookup(name), operator, word ?? '')
    if (found === null) known = false
    const alone = plain !== undefined && whole === text && plain === plain.toUpperCase()
    if (found === null && braced === undefined && nested === undefined && !alone) surprise = true
    return found ?? ''
  })
  return { value: known ? value : null, surprise, names }
}

/** Of a variable nothing is known of, a default is as good a guess as any. */
function resolve(value: string | null | undefined, operator = '', word: string): string | null {
  const unset = value === undefined || (operator.startsWith(':') && value === '')
  if (operator.endsWith('-')) return unset ? word : (value ?? null)
  if (operator.endsWith('+') && value !== undefined) return unset ? '' : word
  return unset ? null : (value ?? null)
}
