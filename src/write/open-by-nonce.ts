/** What is open in journals, nonce by nonce: that is how it ends. */

import type { Services } from '../cli/services.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import type { NonceEntries } from './nonce-ending.js'

export interface OpenNonce {
  readonly key: JournalKey
  readonly nonce: number
  readonly entries: NonceEntries
}

/** The lowest nonce first: a higher one can't be included before it. Throws JOURNAL_INVALID. */
export async function openByNonce(
  { state }: Services,
  keys: readonly JournalKey[],
  only: number | null = null,
): Promise<readonly OpenNonce[]> {
  const { journal } = await state()
  const found: OpenNonce[] = []
  for (const key of keys) {
    const open = (await journal.entries(key)).filter((entry) => entry.state.kind === 'open')
    for (const nonce of new Set(open.map(nonceOf))) {
      const [first, ...others] = open.filter((entry) => nonceOf(entry) === nonce)
      if (first && (only === null || nonce === only)) found.push({ key, nonce, entries: [first, ...others] })
    }
  }
  return found.sort((a, b) => a.nonce - b.nonce)
}

function nonceOf({ transaction }: JournalEntry): number {
  return transaction.nonce
}
