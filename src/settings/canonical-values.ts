/** Tells whether two values mean the same, however they are written. */
import { resolve } from 'node:path'
import type { Kind } from './settings-table.js'

/** Makes values the same that are written otherwise: addresses and keys in other letters and without `0x`, relative paths. */
export const CANONICAL: Partial<Readonly<Record<Kind, (value: string) => string>>> = {
  address: hexDigits,
  key: hexDigits,
  url: placeOfUrl,
  path: place,
  directory: place,
}

/** Contexts hold paths as they are from anywhere. */
function place(path: string): string {
  return path === '-' ? path : resolve(path)
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
