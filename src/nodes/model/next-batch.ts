/**
 * Which nodes a rollout takes next: those that are down already first, since that costs nothing, then the others in
 * their order; the primary node last, and by itself. Never so many that none would be left, or fewer than wanted.
 */

export interface Situation {
  /** How many nodes the operator has. */
  readonly total: number
  /** Places of the nodes that are still to be done. */
  readonly remaining: readonly number[]
  /** Places of those that can't be counted on, of all nodes. */
  readonly down: ReadonlySet<number>
  /** The place of the node with the signing key; null where it is not known. */
  readonly primary: number | null
}

export interface RolloutLimits {
  readonly batch: number
  /** Nodes that may be down at a time, those at work included; with all but one the least that is asked for. */
  readonly maxUnavailable: number
}

/** Empty where not even one may be taken down. */
export function nextBatch(situation: Situation, { batch, maxUnavailable }: RolloutLimits): readonly number[] {
  const { total, down } = situation
  const most = Math.min(maxUnavailable, total - 1)
  const chosen: number[] = []
  for (const place of candidates(situation).slice(0, batch)) {
    if (new Set([...down, ...chosen, place]).size > most) break
    chosen.push(place)
  }
  return chosen
}

function candidates({ remaining, down, primary }: Situation): readonly number[] {
  const others = remaining.filter((place) => place !== primary)
  if (others.length === 0) return remaining
  return [...others.filter((place) => down.has(place)), ...others.filter((place) => !down.has(place))]
}
