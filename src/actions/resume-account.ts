/** What an account has open on the chain, brought to its end one nonce after the other. */
import type { Address } from '../core/address.js'
import type { Services } from '../core/ports/services.js'
import type { JournalKey } from '../core/ports/state.js'
import { isFinal } from './carry-out.js'
import { type OpenNonce, openByNonce } from './open-by-nonce.js'
import { reopenOrphans } from './reopen-orphans.js'
import { type NonceEnding, newestOf, resumeNonce } from './resume-nonce.js'

/**
 * `only`: the one nonce that is meant. Tells every ending as it comes. The caller holds the account's lock. Throws
 * TRANSACTION_OPEN and STATE_CHANGED at the first that must not be sent again: none above can be included before it.
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
  let held = false
  for (const open of await openByNonce(services, keys, only)) {
    const ending: NonceEnding = held ? heldUp(open) : await resumeNonce(services, open.key, open.entries)
    held ||= !isFinal(ending.decisive.end)
    tell(ending)
  }
}

function heldUp({ key, entries }: OpenNonce): NonceEnding {
  const end = { kind: 'unknown', reason: 'a transaction before it is still open', shown: false } as const
  return { key, decisive: { entry: newestOf(entries), end }, all: entries.map((entry) => ({ entry, end })) }
}
