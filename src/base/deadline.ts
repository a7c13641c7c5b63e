/** The time a whole command may take (`--timeout`). What a person takes to answer a question does not count. */

export interface Deadline {
  /** Milliseconds; Infinity without a limit, 0 once it has passed. */
  remainingMs(): number
  /** Stops the clock while `work` is under way. */
  paused<T>(work: () => Promise<T>): Promise<T>
}

/** `nowMs` is a monotonic clock, in milliseconds. `timeoutMs` null: no limit. */
export function createDeadline(nowMs: () => number, timeoutMs: number | null): Deadline {
  let end = timeoutMs === null ? Infinity : nowMs() + timeoutMs
  return {
    remainingMs: () => Math.max(0, end - nowMs()),
    async paused(work) {
      const since = nowMs()
      try {
        return await work()
      } finally {
        end += nowMs() - since
      }
    },
  }
}
