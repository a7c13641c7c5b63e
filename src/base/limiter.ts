/** Runs tasks a few at a time, where each holds something that there is little of. */

export interface Limiter {
  run<T>(work: () => Promise<T>): Promise<T>
}

interface Patience {
  /** Whoever takes longer waits for somebody who may never answer. */
  readonly turnMs: number
  /** So many may wait so. */
  readonly most: number
}

/** First come, first served. With patience whoever only waits lets the next one begin. */
export function createLimiter(atATime: number, patience?: Patience): Limiter {
  let [running, waiting] = [0, 0]
  const queue: (() => void)[] = []
  const passOn = () => {
    const successor = queue.shift()
    if (successor) successor()
    else running--
  }
  return {
    async run(work) {
      if (running < atATime) running++
      else await new Promise<void>((resolve) => queue.push(resolve))
      let waits = false
      const lookAtTurn = ({ most }: Patience) => {
        if (waiting >= most) return
        clearInterval(timer)
        waits = true
        waiting++
        passOn()
      }
      const timer = patience && setInterval(lookAtTurn, patience.turnMs, patience)
      try {
        return await work()
      } finally {
        clearInterval(timer)
        if (waits) waiting--
        else passOn()
      }
    },
  }
}
