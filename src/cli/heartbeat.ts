/** Prints a line once a minute while a command runs, so that a log shows that it does, and warns once it takes too long. */
import { durationInWords } from '../base/duration-in-words.js'
import type { Services } from './services.js'

const HEARTBEAT_MS = 60_000

export interface Heartbeat {
  /** Sleeps for so long, or until the next line is due, which it then says. `words` is given such as `3 min`. */
  sleep(ms: number, words: (duration: string) => string, until: AbortSignal): Promise<void>
}

/** `maxDurationMs` null: however long it takes. */
export function createHeartbeat(
  { clock, talk }: Pick<Services, 'clock' | 'talk'>,
  maxDurationMs: number | null,
): Heartbeat {
  const startMs = clock.monotonicMs()
  let beatMs = startMs + HEARTBEAT_MS
  let warnMs = maxDurationMs === null ? Infinity : startMs + maxDurationMs
  return {
    async sleep(ms, words, until) {
      const before = clock.monotonicMs()
      await clock.sleep(Math.ceil(Math.min(ms, beatMs - before, warnMs - before)), until)
      if (until.aborted) return
      const now = clock.monotonicMs()
      const duration = durationInWords((now - startMs) / 1000)
      if (now >= warnMs) {
        talk.warn(`this takes longer than --max-duration (${(maxDurationMs ?? 0) / 1000} s): ${words(duration)}`)
        warnMs = Infinity
      } else if (now >= beatMs) talk.note(words(duration))
      if (now >= beatMs) beatMs = now + HEARTBEAT_MS
    },
  }
}
