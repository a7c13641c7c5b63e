/** What an account has open on the chain, brought to its end one nonce after the other. */
import type { Address } from '../base/address.js'
import type { Services } from '../cli/services.js'
import type { JournalKey } from '../platform/state/state.js'
import { isFinal } from './carry-out.js'
import { HELD_UP, type NonceEnding, newestOf } from './nonce-ending.js'
import { type OpenNonce, openByNonce } from './open-by-nonce.js'
import { reopenOrphans } from './reopen-orphans.js'
import { requireUnaltered } from './require-unaltered.js'
import { resumeNonce } from './resume-nonce.js'

/**
 * `only`: the one nonce that is meant. Tells every ending as it comes. The caller holds the account's lock. Throws what
 * resumeInOrder throws.
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
  await resumeInOrder(services, await openByNonce(services, keys, only), 'resume', tell)
}

/** Throws what OPEN_TRANSACTIONS says at the first that must not be sent again: none above can be included before it. */
export async function resumeInOrder(
  services: Services,
  open: readonly OpenNonce[],
  command: 'resume' | 'write',
  tell: (ending: NonceEnding) => void,
): Promise<void> {
  await sendCancellations(services, open.slice(1))
  let held = false
  for (const one of open) {
    const ending: NonceEnding = held ? heldUp(one) : await resumeNonce(services, one.key, one.entries, command)
    held ||= !isFinal(ending.decisive.end)
    tell(ending)
  }
}

/**
 * Before anything at a lower nonce is sent, which may be what sets free what was to be cancelled. What comes back
 * decides nothing.
 */
async function sendCancellations(services: Services, open: readonly OpenNonce[]): Promise<void> {
  for (const { key, entries } of open.toReversed()) {
    const newest = newestOf(entries)
    if (newest.what.kind !== 'cancel') continue
    await requireUnaltered(services, key, newest)
    await (await services.chain()).broadcast(newest.transaction)
  }
}

function heldUp({ key, entries }: OpenNonce): NonceEnding {
  const end = HELD_UP
  return { key, decisive: { entry: newestOf(entries), end }, all: entries.map((entry) => ({ entry, end })) }
}
