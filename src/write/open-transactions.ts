/** What an account has under way of its own: a new write comes after all of that (docs/dev/never.md 1). */

import type { Services } from '../cli/services.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalFile, JournalKey } from '../platform/state/state.js'
import { sameChain } from './model/same-chain.js'
import { readJournals } from './read-journals.js'

export interface OpenTransaction {
  readonly key: JournalKey
  readonly entry: JournalEntry
}

/**
 * The account's own open transactions on this chain, lowest nonce first: also those to other contracts, since they share
 * the nonce. Throws JOURNAL_INVALID where the journal that is about to be written is damaged; others are warned of.
 */
export async function openTransactions(services: Services, own: JournalKey): Promise<readonly OpenTransaction[]> {
  const { journal } = await services.state()
  await journal.entries(own)
  const { journals } = await readJournals(services)
  return openIn(ofAccount(journals, own))
}

/** Nonces that something of the account is open for, in any of its journals. */
export async function ownNonces({ state }: Services, account: JournalKey): Promise<ReadonlySet<number>> {
  const { journals } = await (await state()).journal.all()
  return new Set(openIn(ofAccount(journals, account)).map(({ entry }) => entry.transaction.nonce))
}

/** Journals of one account on one chain. */
export function ofAccount(journals: readonly JournalFile[], account: JournalKey): readonly JournalFile[] {
  return journals.filter(({ key }) => sameChain(key, account) && key.signer === account.signer)
}

/** The lowest nonce first. */
export function openIn(journals: readonly JournalFile[]): readonly OpenTransaction[] {
  return journals
    .flatMap(({ key, entries }) =>
      entries.filter(({ state }) => state.kind === 'open').map((entry) => ({ key, entry })),
    )
    .sort((a, b) => a.entry.transaction.nonce - b.entry.transaction.nonce)
}
