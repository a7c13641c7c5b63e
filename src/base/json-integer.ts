/** Integers in JSON output: a number while readers hold it exactly, a decimal string beyond that (docs/dev/command-line.md). */
export function jsonInteger(n: bigint): number | string {
  const exact = n <= BigInt(Number.MAX_SAFE_INTEGER) && n >= BigInt(Number.MIN_SAFE_INTEGER)
  return exact ? Number(n) : n.toString()
}
