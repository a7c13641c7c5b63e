/** Which transaction of the journal is meant: by its hash, or by the first digits of it. */

import { quote } from '../base/quote.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import type { readJournals } from '../write/open-nonces.js'

/** So few digits that people can copy them, so many that two transactions hardly share them. */
const FEWEST_DIGITS = 8
const HASH_DIGITS = 64

export interface FoundEntry {
  readonly path: string
  readonly key: JournalKey
  readonly entry: JournalEntry
}

/**
 * Oldest first. One as a rule: the same bytes, and so the same hash, are in two journals where a development chain was
 * started anew. Throws USAGE where the text is no hash, SELECTOR_NO_MATCH, SELECTOR_AMBIGUOUS.
 */
export function findEntries(
  { journals, faults }: Awaited<ReturnType<typeof readJournals>>,
  text: string,
): readonly [FoundEntry, ...FoundEntry[]] {
  const start = `0x${hashDigits(text)}`
  const found = journals
    .flatMap(({ path, key, entries }) => entries.map((entry) => ({ path, key, entry })))
    .filter(({ entry }) => entry.transaction.hash.startsWith(start))
    .sort((a, b) => a.entry.signedAt - b.entry.signedAt)
  const hashes = new Set(found.map(({ entry }) => entry.transaction.hash))
  if (hashes.size > 1)
    throw new WcnError('SELECTOR_AMBIGUOUS', `${hashes.size} transactions of the journal start with these digits`, {
      hint: 'give more digits; `wcn tx list` shows them',
      details: { hashes: [...hashes] },
    })
  const [first, ...others] = found
  if (first) return [first, ...others]
  throw new WcnError(
    'SELECTOR_NO_MATCH',
    // A key that was pasted here has as many digits as a hash: they are not repeated.
    'no transaction with this hash is in the journal: it was not sent by this tool, or from another state directory',
    {
      hint:
        faults.length > 0
          ? `it may be in ${faults.map(({ path }) => path).join(', ')}, which can't be read`
          : '`wcn tx list` shows what is there; --state-dir says where to look',
    },
  )
}

function hashDigits(text: string): string {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(text)?.[1]
  if (digits !== undefined && digits.length >= FEWEST_DIGITS && digits.length <= HASH_DIGITS)
    return digits.toLowerCase()
  // 64 hex digits may also be a key that was pasted into the wrong place; `quote` does not show those.
  throw new WcnError('USAGE', `${quote(text)} is not the hash of a transaction`, {
    hint: `give its ${HASH_DIGITS} hex digits, or the first ${FEWEST_DIGITS} or more of them`,
  })
}
