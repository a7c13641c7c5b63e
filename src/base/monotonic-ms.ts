/**
 * Tells the time by a clock that nobody sets while a program runs, in milliseconds. The global `performance` would have Node
 * load ten modules for it.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
