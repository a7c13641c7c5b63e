/** Tasks for a limiter, on a clock that a test turns. */
import { vi } from 'vitest'
import type { Limiter } from '../../src/base/limiter.js'

/** They end when they are told to. */
export function tasks(limiter: Limiter, count: number) {
  const started: number[] = []
  const ends: (() => void)[] = []
  const all = Array.from({ length: count }, (_, index) =>
    limiter.run(() => {
      started.push(index)
      return new Promise<void>((resolve) => {
        ends[index] = resolve
      })
    }),
  )
  const end = async (...which: readonly number[]) => {
    for (const index of which) ends[index]?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { started, all, end }
}
