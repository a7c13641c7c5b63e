/**
 * Tells which shards still answer while some operators are down: a shard has five replicas, and reads and writes need
 * three that agree; during a migration writes need three in both keyspaces (docs/dev/network/keyspace.md, "Quorum").
 */
import { REPLICATION_FACTOR } from './keyspace.js'

/** So many live replicas a shard needs. */
const QUORUM = 3

/** Replica sets as `replicaSets` gives them; `next`: those that a running migration leads to. */
export interface Replicas {
  readonly serving: Uint8Array
  readonly next: Uint8Array | null
}

/** `live`: slots of the operators whose replicas can be counted on. */
export function quorumOf({ serving, next }: Replicas, live: ReadonlySet<number>) {
  const isLive = maskOf(live)
  const shards = serving.length / REPLICATION_FACTOR
  const [ofServing, ofNext] = [emptyCounts(), emptyCounts()]
  const critical = new Map<number, number>()
  let [readsLost, writesLost, oneOutage] = [0, 0, 0]
  for (let shard = 0; shard < shards; shard++) {
    const now = liveOf(serving, shard, isLive)
    const then = next === null ? REPLICATION_FACTOR : liveOf(next, shard, isLive)
    count(ofServing, now)
    count(ofNext, then)
    if (now < QUORUM) readsLost++
    if (now < QUORUM || then < QUORUM) {
      writesLost++
      continue
    }
    if (now > QUORUM && then > QUORUM) continue
    oneOutage++
    for (const slot of lastOnes(serving, now, next, then, shard, isLive))
      critical.set(slot, (critical.get(slot) ?? 0) + 1)
  }
  return {
    shards,
    /** How many shards have 0, 1, … 5 live replicas: in the serving keyspace, and in the one a migration leads to. */
    serving: ofServing as readonly number[],
    next: next === null ? null : (ofNext as readonly number[]),
    /** Shards without quorum. Whatever can't be read can't be written. */
    readsLost,
    writesLost,
    /** Shards that are written now, and no more after one further outage. */
    oneOutage,
    /** By slot, so many of them depend on that operator; those of whom none does are left out. */
    critical: critical as ReadonlyMap<number, number>,
  }
}

/** Those without whom one of the two has no quorum. */
function lastOnes(
  serving: Uint8Array,
  now: number,
  next: Uint8Array | null,
  then: number,
  shard: number,
  isLive: Uint8Array,
): ReadonlySet<number> {
  const slots = new Set<number>()
  if (now === QUORUM) for (const slot of replicasOf(serving, shard)) if (isLive[slot]) slots.add(slot)
  if (next !== null && then === QUORUM) for (const slot of replicasOf(next, shard)) if (isLive[slot]) slots.add(slot)
  return slots
}

/** What is known of whether operators' replicas are live; a slot in neither is down. */
export interface KnownLive {
  readonly live: ReadonlySet<number>
  /** It can't be told of them: they count for what is at stake, and not for what is left. */
  readonly unknown: ReadonlySet<number>
}

/**
 * Of the shards that an operator stores, in either keyspace: how many would or might lose their quorum if it went down,
 * and how many have none already, of which it can take nothing away.
 */
export function shardsAtStake({ serving, next }: Replicas, slot: number, { live, unknown }: KnownLive) {
  const [most, least] = [maskOf([...live, ...unknown]), maskOf(live)]
  const isDown = most[slot] === 0
  least[slot] = 0
  let [stored, lost, without] = [0, 0, 0]
  for (let shard = 0; shard < serving.length / REPLICATION_FACTOR; shard++) {
    const sets = next === null ? [serving] : [serving, next]
    if (!sets.some((set) => replicasOf(set, shard).includes(slot))) continue
    stored++
    if (sets.some((set) => liveOf(set, shard, most) < QUORUM)) without++
    else if (!isDown && sets.some((set) => liveOf(set, shard, least) < QUORUM)) lost++
  }
  return { stored, lost, without }
}

/** By the slot of who pulls, then of whom a shard moves away from: how many shards. Where several change at once, all of them. */
export function pullsFrom(from: Uint8Array, to: Uint8Array): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const pulls = new Map<number, Map<number, number>>()
  for (let shard = 0; shard < to.length / REPLICATION_FACTOR; shard++) {
    const [before, after] = [replicasOf(from, shard), replicasOf(to, shard)]
    for (const slot of after) {
      if (before.includes(slot)) continue
      const sources = pulls.get(slot) ?? new Map<number, number>()
      pulls.set(slot, sources)
      for (const source of before) if (!after.includes(source)) sources.set(source, (sources.get(source) ?? 0) + 1)
    }
  }
  return pulls
}

function replicasOf(sets: Uint8Array, shard: number): Uint8Array {
  return sets.subarray(shard * REPLICATION_FACTOR, (shard + 1) * REPLICATION_FACTOR)
}

function liveOf(sets: Uint8Array, shard: number, isLive: Uint8Array): number {
  let found = 0
  for (let at = shard * REPLICATION_FACTOR; at < (shard + 1) * REPLICATION_FACTOR; at++)
    found += isLive[sets[at] as number] as number
  return found
}

function maskOf(slots: Iterable<number>): Uint8Array {
  const mask = new Uint8Array(256)
  for (const slot of slots) mask[slot] = 1
  return mask
}

function emptyCounts(): number[] {
  return new Array<number>(REPLICATION_FACTOR + 1).fill(0)
}

function count(counts: number[], live: number): void {
  counts[live] = (counts[live] as number) + 1
}
