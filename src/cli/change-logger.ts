/** Says when a wait is worth a line: when its state changes, and once a minute that it is still the same. */
import type { Clock } from '../base/clock.js'

const STILL_THE_SAME_MS = 60_000

/** Whether the state is worth a line; null: not known this time, which is none of itself. */
export type ShouldLog = (state: string | null) => boolean

export function createChangeLogger({ monotonicMs }: Pick<Clock, 'monotonicMs'>): ShouldLog {
  let said: string | null = null
  let saidAtMs = 0
  return (seen) => {
    const [state, nowMs] = [seen ?? said ?? '', monotonicMs()]
    if (state === said && nowMs - saidAtMs < STILL_THE_SAME_MS) return false
    said = state
    saidAtMs = nowMs
    return true
  }
}
