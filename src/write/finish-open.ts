/** What a new write does first with transactions that earlier runs left open (docs/dev/never.md 1). */

import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import { isFinal } from './carry-out.js'
import { clearWay } from './clear-way.js'
import { isStranded } from './judge-nonce.js'
import type { NonceEnding } from './nonce-ending.js'
import { openByNonce } from './open-by-nonce.js'
import type { OpenTransaction } from './open-transactions.js'
import { resumeInOrder } from './resume-account.js'

/**
 * Brings all of them to their end. In a terminal, what can't be included is offered to be cleared away, unless `unasked`.
 * The caller holds the account's lock. Throws STATE_CHANGED where the state that one was based on is gone,
 * TRANSACTION_OPEN where the same bytes must not be sent by themselves, ACCOUNT_BUSY where one has no end yet or can't be
 * included, and what clearWay throws.
 */
export async function finishOpen(
  services: Services,
  open: readonly OpenTransaction[],
  { unasked = false }: { readonly unasked?: boolean } = {},
): Promise<void> {
  const keys = [...new Set(open.map(({ key }) => key))]
  const { talk } = services
  let unfinished: NonceEnding | undefined
  try {
    await resumeInOrder(services, await openByNonce(services, keys), 'write', (ending) => {
      if (!isFinal(ending.decisive.end)) unfinished ??= ending
    })
  } catch (error) {
    const [first] = keys
    if (!first || !isStranded(error) || unasked || !talk.interactive || talk.consented) throw error
    talk.warn(error.message)
    await clearWay(services, first)
    return
  }
  if (!unfinished) return
  const { entry, end } = unfinished.decisive
  throw stillOpen(entry, end.kind === 'unknown' ? end.reason : 'no provider knows it')
}

/** For who comes after it: `why` it still is. */
export function stillOpen({ transaction: { hash, nonce }, what }: JournalEntry, why: string): WcnError {
  return new WcnError(
    'ACCOUNT_BUSY',
    `transaction ${hash} (${what.title}) of an earlier run is still open: ${why}; nothing else was sent`,
    { hint: '`wcn tx resume` finds out and finishes it', details: { hash, nonce } },
  )
}
