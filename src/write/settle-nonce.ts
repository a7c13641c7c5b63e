/** Does with the open transactions of one nonce what the table of write/model/open-transactions says. */
import type { Services } from '../cli/services.js'
import { carryOut, followEntry } from './carry-out.js'
import { fillNonceGap } from './fill-nonce-gap.js'
import { judgeNonce } from './judge-nonce.js'
import { type Move, OPEN_TRANSACTIONS, type OpenCommand } from './model/open-transactions.js'
import { conclude, isUnknownToAll, type NonceEnding } from './nonce-ending.js'
import type { OpenNonce } from './open-nonces.js'
import { cancellation, replaceNonce } from './replace-nonce.js'

/**
 * How it ended, or why it has not; those of other nonces as well where the way had to be cleared. The caller holds the
 * account's lock. Throws what the table says, and what replaceNonce and fillNonceGap throw.
 */
export async function settleNonce(
  services: Services,
  one: OpenNonce,
  command: OpenCommand,
): Promise<readonly NonceEnding[]> {
  const { key, entries, newest } = one
  for (let again = false; ; again = true) {
    const { standing, known, snapshot, refuse } = await judgeNonce(services, one)
    const move: Move = OPEN_TRANSACTIONS[standing][command]
    switch (move) {
      case 'note':
      case 'wait': {
        const entry = known?.entry ?? newest
        const end = await followEntry(services, key, entry, { giveUpUnheard: true })
        // Providers have dropped it meanwhile.
        if (move === 'wait' && isUnknownToAll(end) && !again) continue
        return [await conclude(services, key, entries, { entry, end })]
      }
      case 'send': {
        // Only the newest is ever sent again. Where it is refused, an older one that is known may be included yet.
        const sent = { entry: newest, end: await carryOut(services, key, newest) }
        if (!known || sent.end.kind !== 'rejected') return [await conclude(services, key, entries, sent)]
        const end = await followEntry(services, key, known.entry, { giveUpUnheard: false })
        return [await conclude(services, key, entries, { entry: known.entry, end })]
      }
      case 'replace': {
        const { what } = newest
        const faster = { ...newest, title: `speed up: ${what.title}` }
        const replacement = command === 'cancel' ? cancellation(what, key.signer) : faster
        return [await replaceNonce(services, one, snapshot, replacement)]
      }
      case 'clear':
        return fillNonceGap(services, key)
      default:
        throw refuse(move)
    }
  }
}
