/** A clock that runs ahead instead of making a test wait. */
import type { Clock } from '../../src/base/clock.js'

export interface FakeClock extends Clock {
  /** Pauses asked for so far, in ms. */
  readonly pauses: readonly number[]
}

/** `meanwhile` runs in each pause: the world goes on. */
export function fakeClock(meanwhile: () => unknown = () => {}): FakeClock {
  let ms = 1_790_000_000_000
  const pauses: number[] = []
  return {
    pauses,
    now: () => Math.floor(ms / 1000),
    monotonicMs: () => ms,
    sleep: async (pause) => {
      ms += pause
      pauses.push(pause)
      await meanwhile()
    },
  }
}
