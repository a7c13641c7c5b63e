/** Paths and values as they can be pasted into a shell. */
import { looksLikeKey } from './key-like.js'

/** The text as one word of a POSIX shell; what looks like a key is not repeated. */
export function shellWord(text: string): string {
  if (looksLikeKey(text)) return 'PATH'
  if (/^[\w./@%+,:=-]+$/.test(text) && !text.startsWith('-')) return text
  return `'${text.replaceAll("'", `'\\''`)}'`
}
