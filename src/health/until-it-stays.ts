/** Looks again and again until what is looked at is as wanted, and has stayed so for a while: what starts may fall over again. */
import { orStopped } from '../base/or-stopped.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'

/** Between two looks; it grows from the first to the longest. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

export interface Look<T> {
  readonly value: T
  readonly up: boolean
  /** How it is, in words. */
  readonly words: string
  /** Worth a line where it is another one than before; the words unless given. */
  readonly state?: string
}

interface Awaited<T> {
  readonly what: string
  readonly look: () => Promise<Look<T>>
  /** So long it may take to be up. */
  readonly timeoutMs: number
  /** So long it has to stay so. */
  readonly settleMs: number
  /** `--timeout` does not count it. */
  readonly untimed?: boolean
  /** Ends the wait, for those who take signals. */
  readonly stop: AbortSignal | undefined
}

/** The last look, of which there is one at least; `stayed` says how it ended. Throws INTERRUPTED where `stop` is aborted. */
export function untilItStays<T>(services: Services, awaited: Awaited<T>): Promise<Look<T> & { stayed: boolean }> {
  const { clock, deadline } = services
  const { what, look, timeoutMs, settleMs, untimed = false, stop } = awaited
  const timed = <R>(work: () => Promise<R>) => (untimed ? deadline.paused(work) : work())
  const nowMs = () => clock.monotonicMs()
  const endMs = nowMs() + timeoutMs
  let upSinceMs: number | null = null
  const leftMs = () =>
    Math.min((upSinceMs === null ? endMs : upSinceMs + settleMs) - nowMs(), untimed ? Infinity : deadline.remainingMs())
  return waiting(services, { what, leftMs }, async (wait) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      const seen = await orStopped(timed(look), stop)
      upSinceMs = seen.up ? (upSinceMs ?? nowMs()) : null
      const stayed = upSinceMs !== null && nowMs() - upSinceMs >= settleMs
      if (stayed || leftMs() <= 0) return { ...seen, stayed }
      wait.see(seen.words, seen.state)
      await timed(() => wait.sleep(Math.min(pauseMs, leftMs()), stop))
    }
  })
}
