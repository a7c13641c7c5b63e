/**
 * Slow matrices are tried whole by `.ci/run`, and a fifth of each by `npm test`: which fifth, a seed says that is drawn
 * for each run and told at its end. WCN_TEST_SHARE is that seed, or `all`.
 */

const PART = 5

export function share<T>(rows: readonly T[]): readonly T[] {
  const which = process.env.WCN_TEST_SHARE ?? 'all'
  if (which === 'all' || rows.length === 0) return rows
  const random = randomFrom(Number(which) ^ rows.length)
  const places = rows.map((_, place) => ({ place, rank: random() })).sort((a, b) => a.rank - b.rank)
  const kept = new Set(places.slice(0, Math.ceil(rows.length / PART)).map(({ place }) => place))
  return rows.filter((_, place) => kept.has(place))
}

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
