/**
 * Shows what is waited for, how long already and until when: on a terminal in a line that is drawn over itself, elsewhere
 * in a line for each change. Of what takes less than a second nothing is said.
 */
import { durationInWords } from '../base/duration-in-words.js'
import { utc } from '../base/utc.js'
import type { Services } from './services.js'

const SHORT_MS = 1_000
const DRAW_EVERY_MS = 100
/** Two servers of a provider may say two things in turn. */
const BETWEEN_LINES_MS = 1_000
const HOUR_MS = 3_600_000
/** What stays the same is told again after a tenth of the time it took so far, within these. */
const STILL_MS = { least: 60_000, most: HOUR_MS }

export interface Waited {
  /** Such as `waiting for the maintenance slot`. */
  readonly what: string
  /** What is left of the time for it; without an end unless given. */
  readonly leftMs?: () => number
  /** What is seen is how far a piece of work is, which is no news in itself. */
  readonly counted?: boolean
  /** It was said that it begins. */
  readonly told?: boolean
  /** A command that was started has the terminal. */
  readonly beside?: boolean
}

export interface Wait {
  /** What is seen now, and the state that this is; null: not known this time, which is no change. */
  see(words: string | null, state?: string): void
  /** Infinity: until `stop` is aborted. */
  sleep(ms: number, stop?: AbortSignal): Promise<void>
}

export async function waiting<T>(
  services: Pick<Services, 'clock' | 'talk'>,
  waited: Waited,
  work: (wait: Wait) => Promise<T>,
): Promise<T> {
  const wait = startWait(services, waited)
  try {
    return await work(wait)
  } finally {
    wait.end()
  }
}

function startWait({ clock, talk }: Pick<Services, 'clock' | 'talk'>, waited: Waited): Wait & { end(): void } {
  const { what, leftMs, counted = false, told = false, beside = false } = waited
  const line = beside ? null : talk.line
  const nowMs = () => clock.monotonicMs()
  const startMs = nowMs()
  let words = ''
  let state = ''
  let said = told ? state : null
  let shownMs = told ? startMs - BETWEEN_LINES_MS : Number.NEGATIVE_INFINITY
  const wholeMs = leftMs?.() ?? Infinity
  // Of what takes hours, a person wants to know the time of day.
  const end = wholeMs >= HOUR_MS && wholeMs < Infinity ? `until ${utc(clock.now() + Math.ceil(wholeMs / 1000))}` : null

  const text = () => {
    const passedMs = nowMs() - startMs
    const soFar = passedMs < SHORT_MS ? [] : [`${durationInWords(passedMs / 1000)} so far`]
    const left = end ?? (leftMs === undefined || wholeMs === Infinity ? null : `${leftInWords(leftMs())} left`)
    return `${[what, ...soFar, ...(left === null ? [] : [left])].join(', ')}${words === '' ? '' : `: ${words}`}`
  }
  /** `aheadMs`: so long it goes on for certain. */
  const show = (aheadMs = 0) => {
    const now = nowMs()
    if (now + aheadMs - startMs < SHORT_MS) return
    const isNews = said === null || (state !== said && !counted)
    const stillMs = Math.min(Math.max((now - startMs) / 10, STILL_MS.least), STILL_MS.most)
    if (now - shownMs < (line ? DRAW_EVERY_MS : isNews ? BETWEEN_LINES_MS : stillMs)) return
    shownMs = now
    said = state
    if (line) line.show(wait, text())
    else talk.note(text())
  }
  // Also where nothing new is seen for a while.
  const ticker = setInterval(show, SHORT_MS)
  ticker.unref()
  const wait = {
    see(seen: string | null, seenState = seen) {
      words = seen ?? words
      state = seenState ?? state
      show()
    },
    async sleep(ms: number, stop?: AbortSignal) {
      for (let leftMs = ms; leftMs > 0 && !stop?.aborted; leftMs -= STILL_MS.least) {
        show(leftMs)
        await clock.sleep(Math.ceil(Math.min(leftMs, STILL_MS.least)), stop)
      }
    },
    end() {
      clearInterval(ticker)
      line?.end(wait)
    },
  }
  return wait
}

/** Of 30 min it says so at the first look, which is some moments later. */
function leftInWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return durationInWords(seconds < 120 ? seconds : 60 * Math.ceil(seconds / 60))
}
