/**
 * Asks again where a provider or the network failed for a moment. Only for what may be asked any number of times: a
 * transaction's bytes are never sent again from here.
 */
import type { WcnError } from '../../errors/wcn-error.js'
import type { RequestLimit } from './request-limit.js'

/** Before the second and the third attempt. */
const PAUSES_MS = [100, 400]
/** A provider that wants a longer pause is not waited for: a person would rather know. */
const LONGEST_PAUSE_MS = 2000
/** What the network says when it may be right again in a moment; a wrong name or certificate stays wrong. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
])

export interface Failure {
  readonly ok: false
  readonly error: WcnError
  /** It may go better the next time. */
  readonly passing: boolean
  /** The pause that the provider asked for. */
  readonly pauseMs?: number | undefined
}

export type Attempt<T> = { readonly ok: true; readonly value: T } | Failure

/** Throws the last attempt's error. Never goes on beyond the limit, nor once `mayRepeat` says no. */
export async function withRetries<T>(
  limit: RequestLimit,
  mayRepeat: () => boolean,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    const outcome = await attempt()
    if (outcome.ok) return outcome.value
    const ownPause = PAUSES_MS[failures]
    if (!mayRepeat() || !outcome.passing || ownPause === undefined) throw outcome.error
    const pause = Math.max(ownPause, outcome.pauseMs ?? 0)
    if (pause > LONGEST_PAUSE_MS || pause >= limit.remainingMs()) throw outcome.error
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

export function isPassing(errno: string | undefined): boolean {
  return errno !== undefined && PASSING.has(errno)
}

/** HTTP statuses of a provider, or of what stands before it, that is overloaded or down for a moment. */
export function isPassingStatus(status: number): boolean {
  return status === 429 || status >= 500
}

/** `Retry-After` in seconds or as a date, as milliseconds from now. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*[0-9]{1,9}\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
