/**
 * Which nodes a rollout takes next: those that are down already first, since that costs nothing, then the others in
 * their order; the primary node last, and by itself. Never so many that none would be left, or fewer than wanted.
 */
import { type NodesLimits, type NodesSituation, whyNodesMustStay } from '../../cluster/may-stop.js'

export interface Situation extends NodesSituation {
  /** Places of the nodes that are still to be done. */
  readonly remaining: readonly number[]
}

export interface RolloutLimits extends NodesLimits {
  readonly batch: number
}

/** Empty where not even one may be taken down. */
export function nextBatch(situation: Situation, limits: RolloutLimits): readonly number[] {
  const chosen: number[] = []
  for (const place of candidates(situation).slice(0, limits.batch)) {
    if (whyNodesMustStay(situation, limits, [...chosen, place]).length > 0) break
    chosen.push(place)
  }
  return chosen
}

/** In the order in which they are taken. */
export function candidates({ remaining, primary, down }: Situation): readonly number[] {
  const others = remaining.filter((place) => place !== primary)
  if (others.length === 0) return remaining
  return [...others.filter((place) => down.has(place)), ...others.filter((place) => !down.has(place))]
}
