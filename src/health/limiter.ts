/** Runs at most so many tasks at a time: each holds sockets and memory. */

export interface Limiter {
  /** Starts `work` when a place is free, first come first served. */
  run<T>(work: () => Promise<T>): Promise<T>
}

export function createLimiter(atATime: number): Limiter {
  let free = atATime
  const waiting: (() => void)[] = []
  let next = 0
  return {
    async run(work) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const successor = waiting[next]
        if (successor) {
          next++
          successor()
        } else free++
      }
    },
  }
}
