/**
 * `tx resume --speed-up`: the same call at the same nonce once more, with a higher bid. Whichever of the two is included
 * ends the other.
 */

import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { withAccountLock } from '../write/account.js'
import { judgeNonce } from '../write/judge-nonce.js'
import { OPEN_TRANSACTIONS } from '../write/model/open-transactions.js'
import { type NonceEnding, newestOf } from '../write/nonce-ending.js'
import { type OpenNonce, openByNonce } from '../write/open-by-nonce.js'
import { replaceNonce } from '../write/replace-nonce.js'
import { resumeNonce } from '../write/resume-nonce.js'

/**
 * Null where nothing is open any more. Throws SELECTOR_AMBIGUOUS, TRANSACTION_OPEN, STATE_CHANGED, and what replaceNonce
 * throws.
 */
export async function speedUp(services: Services, candidates: readonly OpenNonce[]): Promise<NonceEnding | null> {
  const [candidate, ...others] = candidates
  if (!candidate) return null
  if (others.length > 0)
    throw new WcnError('SELECTOR_AMBIGUOUS', `${candidates.length} transactions are open`, {
      hint: `say which one is meant: ${candidates.map(({ entries }) => newestOf(entries).transaction.hash).join(', ')}`,
    })
  return withAccountLock(services, candidate.key.signer, () => outbid(services, candidate))
}

async function outbid(services: Services, { key, nonce }: OpenNonce): Promise<NonceEnding | null> {
  // Once more, now that nobody else writes to it.
  const [now] = await openByNonce(services, [key], nonce)
  if (!now) return null
  const open = now.entries
  const { standing, snapshot, refuse } = await judgeNonce(services, key, open)
  const move = OPEN_TRANSACTIONS[standing]['speed-up']
  if (move === 'note') return resumeNonce(services, key, open, 'resume')
  if (move !== 'replace') throw refuse(move)
  const { what, request, base, gas } = newestOf(open)
  return replaceNonce(services, key, open, snapshot, { title: `speed up: ${what.title}`, what, request, base, gas })
}
