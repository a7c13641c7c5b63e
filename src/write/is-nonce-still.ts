/**
 * A nonce counts only if it is told twice: what is signed for one that is too high is included once others have filled
 * the gap, and may then undo what they wrote (docs/dev/never.md 2).
 */
import type { AccountSnapshot, Estimate } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'

/** In one block time: one of a provider's servers may be a block behind the one that was asked first. */
const LOOKS = 5
const PAUSE_MS = 500

/**
 * False where the account has used it since. `counted`: what was told along with the price. Throws RPC_ERROR where fewer
 * transactions are counted than before.
 */
export async function isNonceStill(
  services: Services,
  { account: { address, nonce } }: AccountSnapshot,
  { nonce: counted }: Estimate,
): Promise<boolean> {
  let now = counted
  for (let look = 1; now < nonce; look++) {
    if (look === LOOKS) throw countsDiffer(address, nonce, now)
    await services.clock.sleep(PAUSE_MS)
    now = (await (await services.chain()).readAccount(address)).account.nonce
  }
  return now === nonce
}

export function countsDiffer(address: string, before: number, now: number): WcnError {
  return new WcnError(
    'RPC_ERROR',
    `the RPC provider counted ${before} transactions of ${address} in blocks, and now ${now}: one of the two is wrong, so nothing was signed`,
    { hint: 'try again in a moment, or use another provider with --rpc-url', details: { before, now } },
  )
}
