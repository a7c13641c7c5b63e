/** One number of several that providers give, where honest answers differ a little: what a transaction takes and costs. */
import type { Answer } from './ask-each.js'

/** Honest ones that meet another state differ by as much at the most: storage that is written for the first time. */
const APART_AT_MOST = 8n
/** Whoever is further away than this from what enough others say is named. */
const ALIKE = 2n

export interface AgreedNumber {
  readonly value: bigint
  readonly dissenters: readonly Answer<bigint>[]
}

/**
 * What as many as have to agree, and more than half, say suffices: of the lowest group of so many that are not too far
 * apart, the highest. Where fewer than the quorum lie it is between two honest answers: too little fails, too much
 * frightens away. Null where there is no such group.
 */
export function agreedNumber(said: readonly Answer<bigint>[], quorum: number): AgreedNumber | null {
  const size = Math.max(quorum, Math.floor(said.length / 2) + 1)
  const sorted = said.map(({ value }) => value).sort((a, b) => (a < b ? -1 : 1))
  const value = sorted.slice(size - 1).find((highest, lowest) => isWithin(APART_AT_MOST, highest, sorted[lowest] ?? 0n))
  if (value === undefined) return null
  const dissenters = said.filter((one) => !isWithin(ALIKE, one.value, value))
  // Where those that count are that far apart themselves, nobody can tell who is wrong.
  return { value, dissenters: said.length - dissenters.length >= size ? dissenters : [] }
}

function isWithin(factor: bigint, a: bigint, b: bigint): boolean {
  return a <= b * factor && b <= a * factor
}
