/** An account as the chain shows it, with what this tool has under way there, so that the two agree. */
import type { AccountSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import { countsDiffer } from './account.js'
import { journalKey } from './carry-out.js'
import { type OpenTransaction, ofAccount, openIn } from './open-transactions.js'
import { readJournals } from './read-journals.js'
import { isContradicted, reopenOrphans } from './reopen-orphans.js'

/** In some block times: a provider that counts fewer transactions than it shows will have caught up. */
const LOOKS = 12
const PAUSE_MS = 500

/**
 * The caller holds the account's lock: what turns out not to be settled is open again. Throws what `read` throws, JOURNAL_INVALID, and RPC_ERROR where the provider keeps contradicting itself.
 */
export async function readWithOpen<T extends AccountSnapshot>(
  services: Services,
  read: () => Promise<T>,
): Promise<{ readonly snapshot: T; readonly open: readonly OpenTransaction[] }> {
  const { journal } = await services.state()
  for (let look = 1; ; look++) {
    const snapshot = await read()
    const own = journalKey(snapshot)
    await journal.entries(own)
    const isDoubtful = (entry: JournalEntry) => isContradicted(entry, snapshot)
    const mine = ofAccount((await readJournals(services)).journals, own)
    if (!mine.some(({ entries }) => entries.some(isDoubtful))) return { snapshot, open: openIn(mine) }
    for (const { key, entries } of mine) await reopenOrphans(services, key, entries.filter(isDoubtful), snapshot)
    // What is settled all the same, this provider has not counted yet.
    const now = ofAccount((await journal.all()).journals, own)
    const still = now.flatMap(({ entries }) => entries).find(isDoubtful)
    if (still && look === LOOKS) throw countsDiffer(own.signer, still.transaction.nonce + 1, snapshot.account.nonce)
    if (still) await services.clock.sleep(PAUSE_MS)
  }
}
