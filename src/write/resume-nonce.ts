/**
 * The open transactions of one nonce (one, as a rule; more where it was sped up or cancelled) brought to their end. The
 * newest is what was wanted last; only that is ever sent again (docs/dev/never.md 1).
 */

import type { Services } from '../cli/services.js'
import type { JournalKey } from '../platform/state/state.js'
import { carryOut, followEntry } from './carry-out.js'
import { judgeNonce } from './judge-nonce.js'
import { OPEN_TRANSACTIONS } from './model/open-transactions.js'
import { conclude, isUnknownToAll, type NonceEnding, type NonceEntries, newestOf } from './nonce-ending.js'

/** The caller holds the account's lock. Throws what OPEN_TRANSACTIONS says for `command`. */
export async function resumeNonce(
  services: Services,
  key: JournalKey,
  open: NonceEntries,
  command: 'resume' | 'write',
): Promise<NonceEnding> {
  const newest = newestOf(open)
  services.talk.note(
    `transaction ${newest.transaction.hash} (${newest.what.title}) of an earlier run is open: looking what became of it`,
  )
  for (let again = false; ; again = true) {
    const { standing, known, refuse } = await judgeNonce(services, key, open)
    const move = OPEN_TRANSACTIONS[standing][command]
    if (move === 'note' || move === 'wait') {
      const { entry } = known ?? { entry: newest }
      const end = await followEntry(services, key, entry, { giveUpUnheard: true })
      // Providers have dropped it meanwhile.
      if (move === 'wait' && isUnknownToAll(end) && !again) continue
      return conclude(services, key, open, { entry, end })
    }
    if (move !== 'send') throw refuse(move)
    const sent = { entry: newest, end: await carryOut(services, key, newest) }
    if (!known || sent.end.kind !== 'rejected') return conclude(services, key, open, sent)
    const end = await followEntry(services, key, known.entry, { giveUpUnheard: false })
    return conclude(services, key, open, { entry: known.entry, end })
  }
}
