/** Waiting is told of when something changes, and now and then that it is still the same: not at every look. */
import type { Clock } from '../base/clock.js'

const STILL_THE_SAME_MS = 60_000

/** Whether the state is worth a line; null: not known this time, which is none of itself. */
export type IsNews = (state: string | null) => boolean

export function createNews({ monotonicMs }: Pick<Clock, 'monotonicMs'>): IsNews {
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
