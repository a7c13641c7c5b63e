/** Brings what earlier runs left open to its end, one nonce after the other (docs/dev/never.md 1). */
import type { Address } from '../base/address.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { isFinal, isInBlock, requireUnaltered } from './carry-out.js'
import { fillNonceGap } from './fill-nonce-gap.js'
import { isStranded } from './judge-nonce.js'
import { HELD_UP, type NonceEnding } from './nonce-ending.js'
import { type OpenNonce, openIn } from './open-nonces.js'
import { reopenOrphans } from './read-with-open.js'
import { settleNonce } from './settle-nonce.js'

/**
 * What an account has open. `only`: the one nonce that is meant. Tells every ending as it comes. The caller holds the
 * account's lock. Throws what the table says (write/model/open-transactions).
 */
export async function resumeAccount(
  services: Services,
  account: { readonly signer: Address; readonly keys: readonly JournalKey[]; readonly only: number | null },
  tell: (ending: NonceEnding) => void,
): Promise<void> {
  const { signer, keys, only } = account
  const { journal } = await services.state()
  const snapshot = await (await services.chain()).readAccount(signer)
  for (const key of keys)
    for (const lost of await reopenOrphans(services, key, await journal.entries(key), snapshot))
      tell({ key, decisive: lost, all: [lost] })
  await resumeInOrder(services, await openIn(services, keys, only), 'resume', tell)
}

/**
 * What a new write does first. In a terminal, what can't be included is offered to be cleared away, unless `unasked`. The
 * caller holds the account's lock. Throws what the table says, ACCOUNT_BUSY where one has no end yet, and what fillNonceGap
 * throws.
 */
export async function finishOpen(services: Services, open: readonly OpenNonce[], unasked: boolean): Promise<void> {
  const { talk } = services
  let unfinished: NonceEnding | undefined
  try {
    await resumeInOrder(services, open, 'write', (ending) => {
      if (!isFinal(ending.decisive.end)) unfinished ??= ending
    })
  } catch (error) {
    const [first] = open
    if (!first || !isStranded(error) || unasked || !talk.interactive || talk.consented) throw error
    talk.warn(error.message)
    for (const ending of await fillNonceGap(services, first.key)) services.talk.note(becameOf(ending))
    return
  }
  if (!unfinished) return
  const { entry, end } = unfinished.decisive
  throw stillOpen(entry, end.kind === 'unknown' ? end.reason : 'no provider knows it')
}

/** Stops at the first that must not be sent again: none above can be included before it. */
async function resumeInOrder(
  services: Services,
  open: readonly OpenNonce[],
  command: 'resume' | 'write',
  tell: (ending: NonceEnding) => void,
): Promise<void> {
  await sendCancellations(services, open.slice(1))
  let held = false
  for (const one of open) {
    const { transaction, what } = one.newest
    if (!held)
      services.talk.note(
        `transaction ${transaction.hash} (${what.title}) of an earlier run is open: looking what became of it`,
      )
    const endings: readonly NonceEnding[] = held ? [heldUp(one)] : await settleNonce(services, one, command)
    for (const ending of endings) {
      const { end } = ending.decisive
      held ||= !isFinal(end)
      if (command === 'write' && isFinal(end)) services.talk.note(becameOf(ending))
      tell(ending)
    }
  }
}

/**
 * Before anything at a lower nonce is sent, which may be what sets free what was to be cancelled. What comes back
 * decides nothing.
 */
async function sendCancellations(services: Services, open: readonly OpenNonce[]): Promise<void> {
  for (const { key, newest } of open.toReversed()) {
    if (newest.what.kind !== 'cancel') continue
    await requireUnaltered(key, newest)
    await (await services.chain()).broadcast(newest.transaction)
  }
}

function heldUp({ key, entries, newest }: OpenNonce): NonceEnding {
  return { key, decisive: { entry: newest, end: HELD_UP }, all: entries.map((entry) => ({ entry, end: HELD_UP })) }
}

/** In a sentence, for who goes on to write. */
function becameOf({ decisive: { entry, end } }: NonceEnding): string {
  const what = `transaction ${entry.transaction.hash} of the earlier run`
  if (isInBlock(end)) return `${what} was ${end.kind} in block ${end.receipt.block.number}`
  if (end.kind === 'replaced') return `${what} was replaced, and can never be included`
  return end.kind === 'rejected' ? `${what} was rejected: ${end.reason}` : `${what} has no end yet`
}

/** For who comes after it: `why` it still is. */
export function stillOpen({ transaction: { hash, nonce }, what }: JournalEntry, why: string): WcnError {
  return new WcnError(
    'ACCOUNT_BUSY',
    `transaction ${hash} (${what.title}) of an earlier run is still open: ${why}; nothing else was sent`,
    { hint: '`wcn tx resume` finds out and finishes it', details: { hash, nonce } },
  )
}
