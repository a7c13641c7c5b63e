/**
 * Reads the values of files that this tool wrote for itself. A schema library would do, but takes longer to load than
 * such a file takes to read, and every write reads some. Strict: what is unknown or of another kind is a fault. A field
 * that code calls `gasUsed` is `gas_used` in the file.
 */
import { isRecord } from '../base/is-record.js'
import { quote } from '../base/quote.js'
import { snakeCase } from '../base/snake-json.js'
import type { Path } from './document-faults.js'

/** Gives the value at `path` as code has it. Throws Misshapen. */
export type Shape<T> = (value: unknown, path: Path) => T

type ValueOf<S> = S extends Shape<infer T> ? T : never
type Fields = Readonly<Record<string, Shape<unknown>>>
type RecordOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> }

/** `what` completes the sentence that the path begins, and repeats no value. */
export class Misshapen extends Error {
  readonly path: Path
  readonly what: string

  constructor(path: Path, what: string) {
    super(what)
    this.path = path
    this.what = what
  }
}

function valueThat<T>(fits: (value: unknown) => value is T, what: string): Shape<T> {
  return (value, path) => {
    if (fits(value)) return value
    throw new Misshapen(path, value === undefined ? 'is missing' : value === null ? 'is blank' : what)
  }
}

export function textThat<T extends string>(fits: (text: string) => boolean, what: string): Shape<T> {
  return valueThat((value): value is T => typeof value === 'string' && fits(value), what)
}

export const text = textThat<string>(() => true, 'must be text')
export const yesOrNo = valueThat((value) => typeof value === 'boolean', 'must be true or false')

export function wordOf<const T extends string>(words: readonly T[]): Shape<T> {
  return textThat(
    (value) => words.some((word) => word === value),
    `must be ${words.map((word) => quote(word)).join(' or ')}`,
  )
}

const integer = valueThat(
  (value): value is number => Number.isSafeInteger(value),
  'must be a whole number in plain decimal digits',
)

export function integerThat(fits: (value: number) => boolean, what: string): Shape<number> {
  const narrow = valueThat((value): value is number => fits(value as number), what)
  return (value, path) => narrow(integer(value, path), path)
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path))
}

const list = valueThat((value): value is readonly unknown[] => Array.isArray(value), 'must be a list')

export function listOf<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, path) => list(value, path).map((each, i) => item(each, [...path, i]))
}

const mapping = valueThat(isRecord, 'must be a mapping (key: value)')

export function recordOf<F extends Fields>(fields: F): Shape<RecordOf<F>> {
  const named = Object.entries(fields).map(([name, shape]) => ({ name, key: snakeCase(name), shape }))
  const keys = new Set(named.map(({ key }) => key))
  return (value, path) => {
    const record = mapping(value, path)
    const read = named.map(({ name, key, shape }) => [name, shape(record[key], [...path, key])])
    const stray = Object.keys(record).find((key) => !keys.has(key))
    if (stray !== undefined) throw new Misshapen([...path, stray], `unknown key ${quote(stray)}`)
    return Object.fromEntries(read)
  }
}

/** Records that are told apart by the word at `kind`. */
export function kindOf<V extends Readonly<Record<string, Fields>>>(variants: V) {
  type Variant = { [Kind in keyof V & string]: { readonly kind: Kind } & RecordOf<V[Kind]> }[keyof V & string]
  const word = wordOf(Object.keys(variants))
  return (value: unknown, path: Path): Variant => {
    const kind = word(mapping(value, path).kind, [...path, 'kind'])
    return recordOf({ kind: word, ...variants[kind] })(value, path) as Variant
  }
}

export function mapped<A, B>(shape: Shape<A>, map: (value: A, path: Path) => B): Shape<B> {
  return (value, path) => map(shape(value, path), path)
}
