/**
 * Scores an operator for a shard: XXH3-64 (seed 0) of 9 bytes, its slot and the shard's number (docs/dev/network/keyspace.md;
 * xxHash's doc/xxhash_spec.md, "XXH3 Algorithm for Small Inputs"). All shards of a large cluster take 16 million of them, so
 * numbers of 64 bits are two of 32 here.
 */

// Of the default secret bytes 24 to 31 against 32 to 39, and 40 to 47 against 48 to 55.
const FLIP_LOW_H = 0x6782737b
const FLIP_LOW_L = 0xea4239b9
const FLIP_HIGH_H = 0xaf56bc3b
const FLIP_HIGH_L = 0x0996523a
const PRIME_H = 0x16566791
const PRIME_L = 0x9e3779f9
const LENGTH = 9
const WORD = 2 ** 32

/** Writes the high and the low half of the score. `shard` has no more than 32 bits. */
export function scoreInto(score: Uint32Array, slot: number, shard: number): void {
  const lowH = (shard >>> 24) ^ FLIP_LOW_H
  const lowL = ((shard << 8) | slot) ^ FLIP_LOW_L
  const highH = FLIP_HIGH_H
  const highL = shard ^ FLIP_HIGH_L

  // The product of both, 128 bits, folded: its upper half against its lower one.
  const outer = Math.imul(lowL, highH) >>> 0
  const inner = Math.imul(lowH, highL) >>> 0
  const word1 = (upper(lowL, highL) >>> 0) + outer + inner
  const word2 =
    (upper(lowL, highH) >>> 0) + (upper(lowH, highL) >>> 0) + (Math.imul(lowH, highH) >>> 0) + Math.floor(word1 / WORD)
  const word3 = (upper(lowH, highH) >>> 0) + Math.floor(word2 / WORD)
  const foldL = (Math.imul(lowL, highL) ^ word2) >>> 0
  const foldH = (word1 ^ word3) >>> 0

  const sumL = LENGTH + swapped(lowH) + (highL >>> 0) + foldL
  const sumH = (swapped(lowL) + highH + foldH + Math.floor(sumL / WORD)) | 0

  // The avalanche: h ^= h >>> 37; h *= prime; h ^= h >>> 32.
  const mixed = (sumL | 0) ^ (sumH >>> 5)
  const result = (upper(mixed, PRIME_L) + Math.imul(mixed, PRIME_H) + Math.imul(sumH, PRIME_L)) | 0
  score[0] = result
  score[1] = Math.imul(mixed, PRIME_L) ^ result
}

/** The upper 32 bits of an unsigned product, as a signed number. */
function upper(a: number, b: number): number {
  const aL = a & 0xffff
  const bL = b & 0xffff
  const cross1 = Math.imul(a >>> 16, bL)
  const cross2 = Math.imul(aL, b >>> 16)
  const middle = (Math.imul(aL, bL) >>> 16) + (cross1 & 0xffff) + (cross2 & 0xffff)
  return (Math.imul(a >>> 16, b >>> 16) + (cross1 >>> 16) + (cross2 >>> 16) + (middle >>> 16)) | 0
}

/** The bytes of a word in the other order. */
function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
}
