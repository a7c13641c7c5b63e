/** Sends a transaction in the place of others that wait, while nothing can include either yet. */

import { mentions } from '../chain/rpc/provider-answers.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import { followEntry, isFinal, noteEnd, refusalOf } from './carry-out.js'
import { isUnknownToAll, type NonceEntries } from './nonce-ending.js'
import { transactionFailure } from './transaction-failure.js'

/** In a block time. */
const LOOKS = 8
const LOOK_EVERY_MS = 250

/**
 * Resolves when every provider has taken it, or none has any of the others: some take nothing that can't be included
 * yet. Throws RPC_ERROR where it was refused and another still waits, OUTCOME_UNKNOWN where that can't be told.
 */
export async function takePlace(
  services: Services,
  key: JournalKey,
  waiting: NonceEntries,
  entry: JournalEntry,
): Promise<void> {
  const { hash } = entry.transaction
  services.sending(hash)
  await (await services.state()).journal.put(key, entry)
  services.talk.tell(`sending transaction ${hash}`)
  const sent = await (await services.chain()).broadcast(entry.transaction)
  const refusals = sent.refusals.filter((words) => !mentions('known-already', words))
  if (sent.accepted && refusals.length === 0 && sent.failures.length === 0) return
  const ends = (entries: readonly JournalEntry[]) =>
    Promise.all(entries.map((one) => followEntry(services, key, one, { timeoutMs: 0, giveUpUnheard: true })))
  for (let look = 1; look <= LOOKS; look++) {
    if ((await ends(waiting)).every((end) => isUnknownToAll(end) || isFinal(end))) return
    const [own] = await ends([entry])
    if (refusals.length === 0 && own?.kind === 'unknown' && own.shown) return
    await services.clock.sleep(LOOK_EVERY_MS)
  }
  const reason = refusalOf(sent)
  if (reason !== null) {
    await noteEnd(services, key, entry, { kind: 'rejected', reason })
    throw await transactionFailure(services, entry, { kind: 'rejected', reason })
  }
  throw new WcnError(
    'OUTCOME_UNKNOWN',
    `transaction ${hash} was sent in the place of ${waiting[0].transaction.hash}, and whether providers took it is not known: ${[...refusals, ...sent.failures].join('; ').slice(0, 600)}`,
    {
      hint: `nothing was filled before it, so nothing can include either yet: \`wcn tx cancel ${hash}\` tries again`,
      details: { hash, nonce: entry.transaction.nonce },
    },
  )
}
