/** Times as people read them. A chain, a file or a broken clock may name one that no calendar holds. */

/** `2026-11-30 16:27:05 UTC`, or to the minute; `second N` where `Date` has no such time. */
export function utc(unixSeconds: number | bigint, to: 'second' | 'minute' = 'second'): string {
  const date = new Date(Number(unixSeconds) * 1000)
  if (Number.isNaN(date.getTime())) return `second ${unixSeconds}`
  const [day, time = ''] = date.toISOString().split(/[T.]/)
  return `${day} ${to === 'second' ? time : time.slice(0, 5)} UTC`
}
