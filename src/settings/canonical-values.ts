/** Tells whether two values mean the same, however they are written. */
import type { Kind } from './settings-table.js'

/** Makes values the same that are written otherwise: addresses and keys in other letters and without `0x`. */
export const CANONICAL: Partial<Readonly<Record<Kind, (value: string) => string>>> = {
  address: hexDigits,
  key: hexDigits,
  url: placeOfUrl,
}

function hexDigits(value: string): string {
  return value.toLowerCase().replace(/^0x/, '')
}

/** A URL as one place is always written: without a fragment, and slashes at the end of its path. Other text stays. */
export function placeOfUrl(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url.href
}
