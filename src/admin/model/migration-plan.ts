/**
 * Works out what a data migration would move, from whom and to whom (docs/dev/network/keyspace.md), how long that takes at
 * the bandwidths of the settings, and what would keep it from ending.
 */
import type { Address } from '../../base/address.js'
import type { ClusterView, OperatorSlot } from '../../cluster/cluster-view.js'
import { replicaSets, shardsPerOperator, shardsToPull } from '../../cluster/keyspace.js'
import { WcnError } from '../../errors/wcn-error.js'

/** The network's own minimum; `minOperators` of the contract may be higher. */
const MIN_KEYSPACE = 5
/** The network waits so long beyond latency and skew before it pulls (docs/dev/network/contract.md). */
const START_MARGIN_MS = 2000

export interface MemberMove {
  readonly slot: number
  readonly id: Address
  /** Null where its data does not decode. */
  readonly name: string | null
  readonly role: 'stays' | 'joins' | 'leaves'
  readonly shards_before: number
  readonly shards_after: number
  /** Shards that it must get from others. */
  readonly to_pull: number
  /** Shards that others get from it, as far as that is told by who leaves their replica sets. */
  readonly to_give: number
}

export interface KeyspaceMove {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly members: readonly MemberMove[]
  /** Of all shards' replicas, those that move. */
  readonly moved: number
  readonly replicas: number
}

/** Throws TOO_FEW_OPERATORS, and USAGE where it changes nothing or contradicts itself. */
export function nextKeyspace(
  view: ClusterView,
  add: readonly OperatorSlot[],
  remove: readonly OperatorSlot[],
): readonly number[] {
  const serving = new Set(view.keyspace)
  const both = add.find(({ slot }) => remove.some((other) => other.slot === slot))
  if (both) throw usage(`operator ${both.id} is to be added and to be removed`)
  const there = add.find(({ slot }) => serving.has(slot))
  if (there) throw usage(`operator ${there.id} in slot ${there.slot} is in the keyspace already`)
  const missing = remove.find(({ slot }) => !serving.has(slot))
  if (missing) throw usage(`operator ${missing.id} in slot ${missing.slot} is not in the keyspace`)
  if (add.length + remove.length === 0) throw usage('nobody is to be added or removed')
  for (const { slot } of add) serving.add(slot)
  for (const { slot } of remove) serving.delete(slot)
  const least = Math.max(MIN_KEYSPACE, view.settings.minOperators)
  if (serving.size < least)
    throw new WcnError(
      'TOO_FEW_OPERATORS',
      `the keyspace would have ${serving.size} operators, and it needs at least ${least}`,
      { hint: 'add as many as leave: --add SLOT' },
    )
  return [...serving].sort((a, b) => a - b)
}

function usage(sentence: string): WcnError {
  return new WcnError('USAGE', sentence, {
    hint: '--add and --remove take addresses or operator slots; `wcn cluster view` shows both',
  })
}

/** `sets`: the replica sets before and after, where they are known: to work them out takes long. */
export function moveOf(
  view: ClusterView,
  after: readonly number[],
  [from, to]: readonly [Uint8Array, Uint8Array] = [replicaSets(view.keyspace), replicaSets(after)],
): KeyspaceMove {
  const before = view.keyspace
  const [had, gets, pulls, gives] = [
    shardsPerOperator(from),
    shardsPerOperator(to),
    shardsToPull(from, to),
    shardsToPull(to, from),
  ]
  const members = [...new Set([...before, ...after])]
    .sort((a, b) => a - b)
    .map((slot): MemberMove => {
      const member = view.operators.find((one) => one.slot === slot)
      if (member === undefined) throw new Error(`slot ${slot} of a keyspace is empty`)
      const role = !before.includes(slot) ? 'joins' : !after.includes(slot) ? 'leaves' : 'stays'
      return {
        slot,
        id: member.id,
        name: member.decoded?.name ?? null,
        role,
        shards_before: had.get(slot) ?? 0,
        shards_after: gets.get(slot) ?? 0,
        to_pull: pulls.get(slot) ?? 0,
        to_give: gives.get(slot) ?? 0,
      }
    })
  const moved = members.reduce((sum, { to_pull }) => sum + to_pull, 0)
  return { before, after, members, moved, replicas: from.length }
}

/** From its start until data is pulled: everybody has to know of it. */
export function pullingDelaySeconds({ settings: { eventPropagationLatencyMs, clockSkewMs } }: ClusterView): number {
  return (eventPropagationLatencyMs + clockSkewMs + START_MARGIN_MS) / 1000
}

/**
 * Seconds it takes at the least, where one operator's database holds that many bytes on average; null: nothing limits it.
 * Whoever pulls or gives most decides.
 */
export function estimatedSeconds(view: ClusterView, move: KeyspaceMove, databaseBytes: number): number | null {
  const { migrationRxBandwidth: rx, migrationTxBandwidth: tx } = view.settings
  const bytesPerShard = (databaseBytes * move.before.length) / move.replicas
  const seconds = move.members.flatMap(({ to_pull, to_give }) => [
    ...(rx === 0 ? [] : [(to_pull * bytesPerShard) / rx]),
    ...(tx === 0 ? [] : [(to_give * bytesPerShard) / tx]),
  ])
  if (seconds.length === 0) return null
  return Math.ceil(Math.max(...seconds) + pullingDelaySeconds(view))
}
