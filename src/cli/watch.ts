/** `--watch`: shows the same again and again, until it is interrupted or the time of the command is over. */
import { isTransient } from '../base/is-transient.js'
import { orStopped } from '../base/or-stopped.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import type { ActionResult, Services } from './services.js'

/** Flags of `watchOptions`. */
export interface WatchInput {
  readonly watch?: boolean
  readonly interval?: string
}

type Shown<T> = Pick<ActionResult<T>, 'data' | 'exitCode'>

const DEFAULT_INTERVAL_MS = 10_000

/** Null without --watch. Throws USAGE, SETTING_INVALID. */
export function parseInterval({ watch, interval }: WatchInput): number | null {
  if (watch) return interval === undefined ? DEFAULT_INTERVAL_MS : parseDuration(interval, '--interval')
  if (interval === undefined) return null
  throw new WcnError('USAGE', '--interval is about --watch, which is not given', { hint: 'add --watch' })
}

/** What `look` gives, once or again and again. Where the first look fails there is nothing to watch: it throws. */
export async function watched<T>(
  services: Services,
  input: WatchInput,
  look: () => Promise<Shown<T>>,
): Promise<ActionResult<T>> {
  const intervalMs = parseInterval(input)
  const first = await look()
  return intervalMs === null ? first : { ...first, more: looks(services, intervalMs, look), stamped: true }
}

/** Looks after the first. A provider that fails for a while is no reason to look away: it is told once, and survived. */
export async function* looks<T>(
  { clock, deadline, interruption: { signal }, talk, chain }: Services,
  intervalMs: number,
  look: () => Promise<T>,
): AsyncGenerator<T> {
  let told = ''
  for (;;) {
    await clock.sleep(Math.min(intervalMs, deadline.remainingMs()), signal)
    if (signal.aborted || deadline.remainingMs() === 0) return
    let seen: T
    try {
      // A look may take as long as its slowest port; who presses Ctrl-C does not wait for that.
      seen = await orStopped(look(), signal)
    } catch (error) {
      if (signal.aborted) return
      if (!isTransient(error)) throw error
      if (told !== error.message) talk.warn(`what is shown is an earlier state: ${error.message}`)
      told = error.message
      await (await chain()).reconnect()
      continue
    }
    told = ''
    yield seen
  }
}
