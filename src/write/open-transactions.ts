/**
 * What an account has under way. A new write comes after all of that: an own open transaction is finished first, a
 * foreign one is waited for and never replaced, since it may be the primary node finishing a migration
 * (docs/dev/never.md 1, 2).
 */

import type { AccountSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalFile, JournalKey } from '../platform/state/state.js'
import { sameChain } from './model/same-chain.js'
import { readJournals } from './read-journals.js'
import { accountBusy } from './send-write.js'

/** Ten block times of OP Mainnet; what waits longer than that needs somebody to look at it. */
const PATIENCE_MS = 20_000
const PAUSE_MS = 500

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

/**
 * Resolves when the account has no foreign transaction waiting, or its nonce has moved on: then everything has to be read
 * anew. Throws ACCOUNT_BUSY where nothing happens for a while.
 */
export async function waitForForeign(services: Services, snapshot: AccountSnapshot): Promise<void> {
  const { address, nonce } = snapshot.account
  services.talk.note(`account ${address} has a transaction waiting that this tool did not send: waiting for it`)
  const chain = await services.chain()
  const patienceMs = Math.min(PATIENCE_MS, services.deadline.remainingMs())
  const since = services.clock.now()
  // Answers take time as well as pauses.
  const elapsedMs = () => (services.clock.now() - since) * 1000
  for (let waitedMs = 0; Math.max(waitedMs, elapsedMs()) < patienceMs; waitedMs += PAUSE_MS) {
    await services.clock.sleep(Math.min(PAUSE_MS, services.deadline.remainingMs()))
    if (services.deadline.remainingMs() === 0) break
    const now = await chain.readAccount(address).catch((error: unknown) => {
      // Cut short by the deadline: what it was waited for is the reason.
      if (services.deadline.remainingMs() === 0) return null
      throw error
    })
    if (now === null) break
    const { account } = now
    if (account.nonce > nonce || account.pendingNonce <= account.nonce) return
  }
  throw accountBusy(snapshot)
}
