/**
 * Who stores what (docs/dev/network/keyspace.md): 65 536 shards, each on the 5 operators whose slots score lowest for it
 * (rendezvous hashing with XXH3-64, replication strategy 0).
 */
import { scoreInto } from './codec/xxh3.js'

export const SHARDS = 65_536
export const REPLICATION_FACTOR = 5

/** For each shard in turn the slots of its replica set, best first: SHARDS × REPLICATION_FACTOR bytes. */
export function replicaSets(slots: readonly number[]): Uint8Array {
  const sets = new Uint8Array(SHARDS * REPLICATION_FACTOR)
  // Of those equally good the lower slot comes first, since it was there first.
  const inOrder = Uint8Array.from(slots).sort()
  for (let shard = 0; shard < SHARDS; shard++) fillReplicaSet(sets, shard, inOrder)
  return sets
}

/** High and low halves, best first; one array for all, since most scores are looked at once and never again. */
const bestHigh = new Uint32Array(REPLICATION_FACTOR)
const bestLow = new Uint32Array(REPLICATION_FACTOR)
const score = new Uint32Array(2)

function fillReplicaSet(sets: Uint8Array, shard: number, slots: Uint8Array): void {
  const start = shard * REPLICATION_FACTOR
  let found = 0
  for (const slot of slots) {
    scoreInto(score, slot, shard)
    if (found < REPLICATION_FACTOR) found++
    else if (!isBetterThan(found - 1)) continue
    let rank = found - 1
    for (; rank > 0 && isBetterThan(rank - 1); rank--) {
      bestHigh[rank] = bestHigh[rank - 1] as number
      bestLow[rank] = bestLow[rank - 1] as number
      sets[start + rank] = sets[start + rank - 1] as number
    }
    bestHigh[rank] = score[0] as number
    bestLow[rank] = score[1] as number
    sets[start + rank] = slot
  }
}

function isBetterThan(rank: number): boolean {
  const [high, other] = [score[0] as number, bestHigh[rank] as number]
  return high < other || (high === other && (score[1] as number) < (bestLow[rank] as number))
}

/** How many shards each slot stores. */
export function shardsPerOperator(sets: Uint8Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const slot of sets) counts.set(slot, (counts.get(slot) ?? 0) + 1)
  return counts
}

/** How many shards each slot has to pull when the replica sets change from one to the other. */
export function shardsToPull(from: Uint8Array, to: Uint8Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (let start = 0; start < to.length; start += REPLICATION_FACTOR) {
    const before = from.subarray(start, start + REPLICATION_FACTOR)
    for (const slot of to.subarray(start, start + REPLICATION_FACTOR))
      if (!before.includes(slot)) counts.set(slot, (counts.get(slot) ?? 0) + 1)
  }
  return counts
}
