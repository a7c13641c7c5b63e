/** Says what is wrong with an answer that was typed. */
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'

/** Checks an answer; `source` says where it came from. Throws WcnErrors. */
export type Check = (text: string, source: string) => unknown

/** What is wrong with something typed, in a sentence; null where it will do. */
export async function complaintOf(typed: string, check: Check | undefined): Promise<string | null> {
  if (looksLikeKey(typed)) return 'that looks like a key, which is not asked for here: it would be kept in the open'
  try {
    await check?.(typed, 'that')
    return null
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return error.hint ? `${error.message} (${error.hint})` : error.message
  }
}
