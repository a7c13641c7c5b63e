/** Looks at a transaction again and again until it has settled, or until there is no time left. */

import type { Clock } from '../base/clock.js'
import type { Deadline } from '../base/deadline.js'
import type { Followed } from './look.js'
import type { Providers } from './providers.js'
import type { FollowOptions, TransactionOutcome } from './transaction.js'
import { watchTransaction } from './watch-transaction.js'

/** Often enough not to add much to a block time of 2 s, seldom enough not to annoy a paid provider. */
const POLL_MS = 250
/** Once it is included: what makes a block safe or final takes minutes. */
const FINALITY_POLL_MS = 2000

export interface FollowContext {
  readonly providers: Providers
  readonly chainId: number
  readonly clock: Pick<Clock, 'sleep'>
  readonly deadline: Deadline
  /** A monotonic clock, in milliseconds. */
  readonly nowMs: () => number
}

/** Never throws. */
export async function followTransaction(
  { providers, chainId, clock, deadline, nowMs }: FollowContext,
  transaction: Followed,
  options: FollowOptions,
): Promise<TransactionOutcome> {
  const lookOnce = watchTransaction(providers, transaction, { ...options, chainId })
  const startedAt = nowMs()
  // Answers take time as well as pauses; where the clock stands still, the pauses alone end it.
  let pausedMs = 0
  let before: TransactionOutcome | undefined
  for (;;) {
    const outcome = await lookOnce()
    if (outcome.kind !== 'unknown') return outcome
    // It was cut short, and tells less than the one before.
    if (before && deadline.remainingMs() <= 0) return before
    before = outcome
    const elapsedMs = Math.max(pausedMs, nowMs() - startedAt)
    const leftMs = Math.min(options.timeoutMs - elapsedMs, deadline.remainingMs())
    if (!(leftMs > 0)) return outcome
    const pauseMs = Math.min(outcome.receipt ? FINALITY_POLL_MS : POLL_MS, leftMs)
    await clock.sleep(pauseMs)
    pausedMs += pauseMs
    // What is asked now would only fail, and hide what is known.
    if (deadline.remainingMs() <= 0) return outcome
  }
}
