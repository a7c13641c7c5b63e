/** Reads how far back a history goes: a length of time, a block, or a day. */
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'

const SECONDS = { m: 60, h: 3600, d: 86_400, w: 604_800 } as const

export type Since = { readonly block: number } | { readonly time: number }

/** `now` and `time`: Unix seconds. Throws SETTING_INVALID. */
export function parseSince(text: string, now: number, source: string): Since {
  const [, count, unit] = /^([1-9][0-9]{0,5})([mhdw])$/.exec(text) ?? []
  if (count !== undefined) return { time: now - Number(count) * SECONDS[unit as keyof typeof SECONDS] }
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return { block: Number(text) }
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (!Number.isNaN(day)) return { time: day / 1000 }
  throw new WcnError(
    'SETTING_INVALID',
    `${source} is ${quote(text)}, which is no block, no day and no length of time`,
    {
      hint: 'write such as 30d, 12h, a block number, or 2026-11-30',
    },
  )
}
