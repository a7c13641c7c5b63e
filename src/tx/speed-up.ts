/**
 * `tx resume --speed-up`: the same call at the same nonce once more, with a higher bid. Whichever of the two is included
 * ends the other.
 */

import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { withAccountLock } from '../write/account.js'
import type { NonceEnding } from '../write/nonce-ending.js'
import { type OpenNonce, openIn } from '../write/open-nonces.js'
import { settleNonce } from '../write/settle-nonce.js'

/** Null where nothing is open any more. Throws SELECTOR_AMBIGUOUS, and what settleNonce throws. */
export async function speedUp(services: Services, candidates: readonly OpenNonce[]): Promise<NonceEnding | null> {
  const [candidate, ...others] = candidates
  if (!candidate) return null
  if (others.length > 0)
    throw new WcnError('SELECTOR_AMBIGUOUS', `${candidates.length} transactions are open`, {
      hint: `say which one is meant: ${candidates.map(({ newest }) => newest.transaction.hash).join(', ')}`,
    })
  const { key, nonce } = candidate
  return withAccountLock(services, key.signer, async () => {
    // Once more, now that nobody else writes to it.
    const [now] = await openIn(services, [key], nonce)
    return (now && (await settleNonce(services, now, 'speed-up'))[0]) ?? null
  })
}
