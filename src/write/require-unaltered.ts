/** Refuses bytes that their journal entry contradicts: its file may have been changed by hand. */

import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'

/** Throws JOURNAL_INVALID where an entry contradicts the bytes it holds. */
export async function requireUnaltered(
  services: Services,
  { signer }: JournalKey,
  { transaction, request }: JournalEntry,
) {
  const { hash, nonce, raw } = transaction
  const signed = await (await services.rawTransactions()).parse(raw)
  const own =
    signed?.hash === hash &&
    signed.from === signer &&
    signed.transaction.nonce === nonce &&
    signed.transaction.to === request.to &&
    signed.transaction.data === request.data
  if (own) return
  throw new WcnError('JOURNAL_INVALID', `the journal's entry of transaction ${hash} contradicts the bytes it holds`, {
    hint: '`wcn tx list` names the transactions; move the journal away once you know what became of them',
    details: { hash, nonce },
  })
}
