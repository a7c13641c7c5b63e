/** Time, handed in so that tests can tell it. */
import { WcnError } from '../errors/wcn-error.js'

export interface Clock {
  /** Unix seconds. Throws CLOCK_WRONG. */
  now(): number
  /** Milliseconds since some moment, on a clock that nobody sets: for how long something takes. */
  monotonicMs(): number
  /** Ends early, without an error, where `until` is aborted. */
  sleep(ms: number, until?: AbortSignal): Promise<void>
}

/** The last second of the year 9999. */
const LATEST_S = 253_402_300_799

/**
 * Unix seconds of a machine's clock, which shows `ms` milliseconds since 1970. Requests and journals hold times: throws
 * CLOCK_WRONG for what no calendar does.
 */
export function wallClockSeconds(ms: number): number {
  const seconds = Math.floor(ms / 1000)
  if (seconds >= 0 && seconds <= LATEST_S) return seconds
  throw new WcnError('CLOCK_WRONG', `this machine's clock is wrong: it shows second ${seconds} since 1970`, {
    hint: 'set it; `timedatectl status` shows whether it is kept by the network',
  })
}
