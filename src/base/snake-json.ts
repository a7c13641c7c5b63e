/** Data as `--json` shows it: names in snake case, integers as `jsonInteger` has them, all else as it is. */

type SnakeCase<Name> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Name

export type SnakeJson<T> = T extends bigint
  ? number | string
  : T extends string | number | boolean | null
    ? T
    : T extends readonly (infer Item)[]
      ? readonly SnakeJson<Item>[]
      : { readonly [Name in keyof T as SnakeCase<Name>]: SnakeJson<T[Name]> }

export function snakeJson<T>(data: T): SnakeJson<T> {
  return convert(data) as SnakeJson<T>
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function convert(data: unknown): unknown {
  if (typeof data === 'bigint') return jsonInteger(data)
  if (Array.isArray(data)) return data.map(convert)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [snakeCase(name), convert(value)]))
}

/** Integers in JSON output: a number while readers hold it exactly, a decimal string beyond that (docs/dev/command-line.md). */
export function jsonInteger(n: bigint): number | string {
  const exact = n <= BigInt(Number.MAX_SAFE_INTEGER) && n >= BigInt(Number.MIN_SAFE_INTEGER)
  return exact ? Number(n) : n.toString()
}
