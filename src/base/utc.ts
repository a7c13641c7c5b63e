/** Times as people read them. A chain, a file or a broken clock may name one that no calendar holds. */
import { durationInWords } from './duration-in-words.js'

/** `2026-11-30 16:27 UTC`; with seconds for what is told more often than that, or for programs. `second N` where `Date` has no such time. */
export function utc(unixSeconds: number | bigint, to: 'minute' | 'second' = 'minute'): string {
  const date = new Date(Number(unixSeconds) * 1000)
  if (Number.isNaN(date.getTime())) return `second ${unixSeconds}`
  const [day, time = ''] = date.toISOString().split(/[T.]/)
  return `${day} ${to === 'second' ? time : time.slice(0, 5)} UTC`
}

/** `2026-11-30 16:27 UTC, 3 min ago`: where somebody waits. A chain's clock may be ahead of this machine's. */
export function utcAndAgo(unixSeconds: number | bigint, now: number): string {
  const seconds = now - Number(unixSeconds)
  return seconds >= 0 ? `${utc(unixSeconds)}, ${durationInWords(seconds)} ago` : utc(unixSeconds)
}

/** `2026-11-30 16:27 UTC, 3 min left`: of what ends then. */
export function utcAndLeft(unixSeconds: number | bigint, now: number): string {
  const seconds = Number(unixSeconds) - now
  return seconds > 0 ? `${utc(unixSeconds)}, ${durationInWords(seconds)} left` : utc(unixSeconds)
}
