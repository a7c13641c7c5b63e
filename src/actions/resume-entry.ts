/** What a new write does first with a transaction that an earlier run left open (design/reliability.md 1). */
import type { JournalEntry } from '../core/journal/journal-entry.js'
import type { Services } from '../core/ports/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type CarriedOut, isFinal } from './carry-out.js'
import { openByNonce } from './open-by-nonce.js'
import type { OpenTransaction } from './open-transactions.js'
import { resumeNonce } from './resume-nonce.js'

/**
 * Finishes it, together with what else was signed for its nonce, and gives the end of the one that decides. The caller
 * holds the account's lock. Throws STATE_CHANGED where the state it was based on is gone, TRANSACTION_OPEN where the same
 * bytes must not be sent by themselves or can't be included yet.
 */
async function resumeEntry(services: Services, { key, entry }: OpenTransaction): Promise<CarriedOut> {
  const [open] = await openByNonce(services, [key], entry.transaction.nonce)
  const { decisive } = await resumeNonce(services, key, open?.entries ?? [entry])
  return decisive.end
}

/** The same for who comes after it. Also throws ACCOUNT_BUSY where it has no end yet. */
export async function finishEntry(services: Services, open: OpenTransaction): Promise<void> {
  const end = await resumeEntry(services, open)
  if (!isFinal(end)) throw stillOpen(open.entry, end.kind === 'unknown' ? end.reason : 'no provider knows it')
}

/** For who comes after it: `why` it still is. */
export function stillOpen(
  { transaction: { hash, nonce }, what }: JournalEntry,
  why: string,
  { hint = '`wcn tx resume` finds out and finishes it' }: { readonly hint?: string } = {},
): WcnError {
  return new WcnError(
    'ACCOUNT_BUSY',
    `transaction ${hash} (${what.title}) of an earlier run is still open: ${why}; nothing else was sent`,
    { hint, details: { hash, nonce } },
  )
}
