/** Time, handed in so that tests can tell it. */

export interface Clock {
  /** Unix seconds. */
  now(): number
  /** Milliseconds since some moment, on a clock that nobody sets: for how long something takes. */
  monotonicMs(): number
  /** Ends early, without an error, where `until` is aborted. */
  sleep(ms: number, until?: AbortSignal): Promise<void>
}
