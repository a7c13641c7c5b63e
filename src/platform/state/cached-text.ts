/**
 * Keeps texts that could be had again from elsewhere, to have them sooner: whole, bounded, private. What is not as it was
 * written is none: whoever asks gets it again from where it came from.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { WcnError } from '../../errors/wcn-error.js'
import { MAX_STATE_BYTES, readStateFile, writeStateFile } from './state-file.js'

const DOCUMENT = { what: 'cached copy', moveAway: 'it will be made anew' }
/** A digest in hex and a line break come first. */
const DIGEST_LENGTH = 64
export const MAX_CACHED_BYTES = MAX_STATE_BYTES - DIGEST_LENGTH - 1

export type CachedText = ReturnType<typeof cachedText>

export function cachedText(directory: string, name: string) {
  const path = join(directory, name)
  /** No fault of a copy may be one of a command's. */
  const unlessFaulty = <T>(work: () => T): T | { readonly fault: string } => {
    try {
      return work()
    } catch (error) {
      if (error instanceof WcnError) return { fault: error.message }
      throw error
    }
  }
  return {
    /** Null where there is none; a fault, in a sentence, where there is one that can't be used. */
    recall: () =>
      unlessFaulty((): { readonly text: string } | { readonly fault: string } | null => {
        const whole = readStateFile(path, DOCUMENT)
        if (whole === null) return null
        const text = whole.slice(DIGEST_LENGTH + 1)
        if (whole.slice(0, DIGEST_LENGTH) === digestOf(text)) return { text }
        return { fault: `the cached copy ${path} is not as it was written` }
      }),
    /** Takes the place of what there was. Null, or a fault. At most MAX_CACHED_BYTES. */
    keep: (text: string) =>
      unlessFaulty(() => {
        writeStateFile(path, `${digestOf(text)}\n${text}`)
        return null
      }),
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
