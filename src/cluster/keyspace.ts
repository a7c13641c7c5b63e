/**
 * Who stores what (docs/dev/network/keyspace.md): 65 536 shards, each on the 5 operators whose slots score lowest for it
 * (rendezvous hashing with XXH3-64, replication strategy 0).
 */
import { createXXHash3 } from 'hash-wasm'

const SHARDS = 65_536
export const REPLICATION_FACTOR = 5

/** For each shard in turn the slots of its replica set, best first: SHARDS × REPLICATION_FACTOR bytes. */
export async function replicaSets(slots: readonly number[]): Promise<Uint8Array> {
  const hasher = await createXXHash3()
  const message = new Uint8Array(9)
  const shardBytes = new DataView(message.buffer)
  const sets = new Uint8Array(SHARDS * REPLICATION_FACTOR)
  for (let shard = 0; shard < SHARDS; shard++) {
    shardBytes.setBigUint64(1, BigInt(shard), true)
    const scored = slots.map((slot) => {
      message[0] = slot
      return { slot, score: hasher.init().update(message).digest() }
    })
    // Hex digits of equal length sort like the numbers they are.
    scored.sort((a, b) => (a.score === b.score ? a.slot - b.slot : a.score < b.score ? -1 : 1))
    scored.slice(0, REPLICATION_FACTOR).forEach(({ slot }, rank) => {
      sets[shard * REPLICATION_FACTOR + rank] = slot
    })
  }
  return sets
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
