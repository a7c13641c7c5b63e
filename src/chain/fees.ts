/** What transactions cost at most, and what takes the place of a waiting one. */
import type { CostEstimate } from './chain.js'
import type { Fees } from './transaction.js'

/** At least so much more is to be bid then (go-ethereum's txpool.pricebump). */
const PRICE_BUMP_PERCENT = 110n

/** All that a transaction may cost, in wei. */
export function highestCost({ executionFeeWei, l1FeeWei, operatorFeeWei }: Omit<CostEstimate, 'gas'>): bigint {
  return executionFeeWei + l1FeeWei + operatorFeeWei
}

/** The least that replaces `previous`, and no less than what is usual now. Wei per gas. */
export function replacementFees(previous: Fees, current: Fees): Fees {
  const { maxFeePerGas, maxPriorityFeePerGas } = largerFees(
    {
      maxFeePerGas: bumped(previous.maxFeePerGas),
      maxPriorityFeePerGas: bumped(previous.maxPriorityFeePerGas),
    },
    current,
  )
  return { maxPriorityFeePerGas, maxFeePerGas: larger(maxFeePerGas, maxPriorityFeePerGas) }
}

/** Of each the larger one. */
export function largerFees(a: Fees, b: Fees): Fees {
  return {
    maxFeePerGas: larger(a.maxFeePerGas, b.maxFeePerGas),
    maxPriorityFeePerGas: larger(a.maxPriorityFeePerGas, b.maxPriorityFeePerGas),
  }
}

/** Rounded up, and more even where there was nothing. */
function bumped(wei: bigint): bigint {
  return (wei * PRICE_BUMP_PERCENT) / 100n + 1n
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
