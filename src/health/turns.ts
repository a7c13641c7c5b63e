/** So many at a time: what is looked at holds sockets and memory while it is. */

export interface Turns {
  /** Starts `work` when its turn has come, first come first served. */
  take<T>(work: () => Promise<T>): Promise<T>
}

export function createTurns(atATime: number): Turns {
  let free = atATime
  const waiting: (() => void)[] = []
  let next = 0
  return {
    async take(work) {
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
