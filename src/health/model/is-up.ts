/** Whether a node may be counted on. */
import type { NodeHealth } from './node-health.js'

/** Operational and, as far as that is known, caught up. */
export function isUp({ operational, caughtUp }: NodeHealth): boolean {
  return operational && caughtUp !== false
}
