/**
 * Groups the open transactions of this machine's journals by nonce, since that is how they end. An account has a journal for each
 * contract that it writes to, and they share its nonces.
 */
import type { Services } from '../cli/services.js'
import type { JournalFile } from '../platform/state/journal.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { sameChain } from './model/same-chain.js'

/** What was signed for one nonce, of one journal, and is open. */
export interface OpenNonce {
  readonly key: JournalKey
  readonly nonce: number
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  /** What was wanted last. */
  readonly newest: JournalEntry
}

/** The lowest nonce first: a higher one can't be included before it. */
export function openNonces(journals: readonly Pick<JournalFile, 'key' | 'entries'>[]): readonly OpenNonce[] {
  const found = new Map<string, OpenNonce>()
  for (const [journal, { key, entries }] of journals.entries())
    for (const newest of entries.filter(({ state }) => state.kind === 'open')) {
      const { nonce } = newest.transaction
      const before = found.get(`${journal} ${nonce}`)?.entries ?? []
      found.set(`${journal} ${nonce}`, { key, nonce, entries: [...before, newest], newest })
    }
  return [...found.values()].sort((a, b) => a.nonce - b.nonce)
}

/** What is open in these journals, or in them for one nonce. Throws JOURNAL_INVALID. */
export async function openIn(
  { state }: Services,
  keys: readonly JournalKey[],
  only: number | null = null,
): Promise<readonly OpenNonce[]> {
  const { journal } = await state()
  const journals = await Promise.all(keys.map(async (key) => ({ key, entries: await journal.entries(key) })))
  return openNonces(journals).filter(({ nonce }) => only === null || nonce === only)
}

/** Every journal of this machine. One that can't be read is named, and is no obstacle. Throws FILE_UNREADABLE. */
export async function readJournals({ state, talk }: Services) {
  const { journals, faults } = await (await state()).journal.all()
  for (const { path, reason } of faults)
    talk.warn(
      `${path} is not taken into account: ${reason}. What it says of open transactions is not known: move it away once you know what became of them`,
    )
  return { journals, faults }
}

/** Those of one account on one chain. */
export async function accountJournals({ state }: Services, account: JournalKey): Promise<readonly JournalFile[]> {
  return ofAccount((await (await state()).journal.all()).journals, account)
}

export function ofAccount(journals: readonly JournalFile[], account: JournalKey): readonly JournalFile[] {
  return journals.filter(({ key }) => sameChain(key, account) && key.signer === account.signer)
}
