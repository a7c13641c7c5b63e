/**
 * A block may leave the chain again, and with it what was written down as included: such a transaction is open once
 * more, and so is what had lost its nonce to it (design/reliability.md, "Chain facts").
 */
import type { JournalEntry } from '../core/journal/journal-entry.js'
import type { AccountSnapshot } from '../core/ports/chain.js'
import type { Services } from '../core/ports/services.js'
import type { JournalKey } from '../core/ports/state.js'
import { followEntry } from './carry-out.js'
import type { Ending } from './resume-nonce.js'

/** Reorganisations that reach further back are rarer than clocks that are wrong by that much. */
const RECENT_S = 3600

const A_FEW_BLOCKS_MS = 6000

export function isRecent({ clock }: Services, { state, signedAt }: JournalEntry): boolean {
  return (state.kind === 'included' || state.kind === 'reverted') && Math.abs(clock.now() - signedAt) < RECENT_S
}

/**
 * Writes down what is open again, and gives what another transaction has taken the place of. The caller holds the
 * account's lock, and reads the journal anew.
 */
export async function reopenOrphans(
  services: Services,
  key: JournalKey,
  entries: readonly JournalEntry[],
  { account }: AccountSnapshot,
): Promise<readonly Ending[]> {
  const lost: Ending[] = []
  for (const entry of entries.filter((one) => isRecent(services, one))) {
    // A server that lags counts fewer transactions than there are, and soon shows this one.
    const timeoutMs = account.nonce <= entry.transaction.nonce ? A_FEW_BLOCKS_MS : 0
    const end = await followEntry(services, key, entry, { timeoutMs, giveUpUnheard: true })
    // Its nonce is used: by the same transaction, perhaps in another block now, or by another one.
    if (end.kind === 'replaced') lost.push({ entry, end })
    else if (timeoutMs > 0 && end.kind !== 'included' && end.kind !== 'reverted')
      await reopen(services, key, entry, entries)
  }
  return lost
}

async function reopen(
  services: Services,
  key: JournalKey,
  entry: JournalEntry,
  entries: readonly JournalEntry[],
): Promise<void> {
  const { hash } = entry.transaction
  services.talk.warn(
    `transaction ${hash} (${entry.what.title}) was included, and its block is no longer part of the chain: it is open again`,
  )
  const { journal } = await services.state()
  const losers = entries.filter(({ state }) => state.kind === 'replaced' && state.by === hash)
  for (const one of [entry, ...losers]) await journal.put(key, { ...one, state: { kind: 'open' } })
}
