/** A quorum as scripts read it: shards, and the share of the keys that they are. */
import type { quorumOf } from '../../cluster/quorum.js'

export function quorumJson({
  shards,
  serving,
  next,
  readsLost,
  writesLost,
  oneOutage,
  critical,
}: ReturnType<typeof quorumOf>) {
  const share = (some: number) => ({ shards: some, share: some / shards })
  return {
    shards,
    /** How many of them have so many live replicas; who is unknown counts as down. */
    replicas: replicasJson(serving),
    /** The same in the keyspace that a migration leads to; null where none runs. */
    new_replicas: next && replicasJson(next),
    /** Those that can't be read, and those that can't be written: during a migration also where the new replicas are down. */
    without_reads: share(readsLost),
    without_writes: share(writesLost),
    /** Those that one more outage takes the quorum of, and whose outage that would be. */
    one_outage: { ...share(oneOutage), operators: [...critical.keys()].sort((a, b) => a - b) },
  }
}

function replicasJson(counts: readonly number[]) {
  const [none = 0, one = 0, two = 0, three = 0, four = 0, five = 0] = counts
  return { five, four, three, fewer: none + one + two }
}
