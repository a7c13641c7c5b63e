/**
 * What a transaction may bid and cost at most: absolute numbers, so that no provider can talk anybody into more
 * (docs/dev/never.md, 4 and 5).
 */

import { etherInWords, gweiInWords, weiAsEther, weiAsGwei } from '../base/wei.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Fees } from './transaction.js'

/**
 * Unless the user says otherwise. OP Mainnet's base fee and tips are thousandths of a gwei as a rule, and stay below a few
 * gwei in its busiest hours: from there to the limit it would take minutes of blocks that are all full. A write takes some
 * hundred thousand gas, a few million at most, and since there are blobs its bytes cost less than 0.001 ETH on L1. So an
 * honest day does not come near these limits; they are what a liar can cost.
 */
export const USUAL_LIMITS = {
  /** Wei per gas, the tip included. */
  fee: 20_000_000_000n,
  /** Wei per gas. All of it is paid; of the rest of a bid only what the block takes. */
  tip: 3_000_000_000n,
  /** Wei, for everything together. */
  cost: 50_000_000_000_000_000n,
} as const

export type FeeLimits = Readonly<Record<keyof typeof USUAL_LIMITS, bigint>>

/** `--max-fee` in wei per gas and `--max-cost` in wei; null: not given. */
export interface GivenLimits {
  readonly fee: bigint | null
  readonly cost: bigint | null
}

export interface Bid {
  readonly fees: Fees
  readonly gas: bigint
  /** Wei that it costs besides gas, as far as that is known. */
  readonly otherWei: bigint
}

const FLAGS = {
  fee: { flag: '--max-fee', show: weiAsGwei, inWords: gweiInWords, details: ['needed_wei', 'max_fee_wei'] },
  tip: { flag: '--max-fee', show: weiAsGwei, inWords: gweiInWords, details: ['tip_wei', 'max_tip_wei'] },
  cost: { flag: '--max-cost', show: weiAsEther, inWords: etherInWords, details: ['cost_wei', 'max_cost_wei'] },
} as const

/** Whoever says what a fee may be says it of the tip in it as well. */
export function feeLimits({ fee, cost }: GivenLimits): FeeLimits {
  return { fee: fee ?? USUAL_LIMITS.fee, tip: fee ?? USUAL_LIMITS.tip, cost: cost ?? USUAL_LIMITS.cost }
}

/** `sentence` says what is that much, `advice` what to do but to allow it. Wei, per gas but for a cost. FEE_TOO_HIGH or null. */
export function feeFault(
  kind: keyof FeeLimits,
  wei: bigint,
  given: GivenLimits,
  sentence: string,
  advice = 'wait until fees are lower, or ask another RPC provider, as this one may be wrong',
): WcnError | null {
  const limit = feeLimits(given)[kind]
  const isGiven = (kind === 'cost' ? given.cost : given.fee) !== null
  // The fee that is allowed has the tip in it: it is enough to look at that.
  if (wei <= limit || (kind === 'tip' && isGiven)) return null
  const { flag, show, inWords, details } = FLAGS[kind]
  const [enough] = inWords(wei, 'up').split(' ')
  const allowed = isGiven ? `${flag} allows ${show(limit)}` : `the limit is ${show(limit)} unless ${flag} allows more`
  return new WcnError('FEE_TOO_HIGH', `${sentence}, and ${allowed}`, {
    hint: `${advice}; or allow more with ${flag}${kind === 'tip' ? '' : ` ${enough}`}`,
    details: { [details[0]]: wei.toString(), [details[1]]: limit.toString() },
  })
}

/** The same for a transaction that is priced already; `subject` begins the sentence. */
export function bidFault(
  { fees, gas, otherWei }: Bid,
  given: GivenLimits,
  subject: string,
  advice?: string,
): WcnError | null {
  const { maxFeePerGas: fee, maxPriorityFeePerGas: tip } = fees
  const wei = gas * fee + otherWei
  return (
    feeFault('tip', tip, given, `${subject} tips up to ${gweiInWords(tip)} per gas`, advice) ??
    feeFault('fee', fee, given, `${subject} bids up to ${gweiInWords(fee)} per gas`, advice) ??
    feeFault('cost', wei, given, `${subject} may cost ${etherInWords(wei, 'up')}`, advice)
  )
}
