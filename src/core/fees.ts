/** What takes the place of a waiting transaction has to bid at least this much more (go-ethereum's txpool.pricebump). */
import type { Fees } from './ports/transaction.js'

const PRICE_BUMP_PERCENT = 110n

/** The least that replaces `previous`, and no less than what is usual now. Wei per gas. */
export function replacementFees(previous: Fees, current: Fees): Fees {
  const maxPriorityFeePerGas = larger(bumped(previous.maxPriorityFeePerGas), current.maxPriorityFeePerGas)
  const maxFeePerGas = larger(bumped(previous.maxFeePerGas), current.maxFeePerGas)
  return { maxPriorityFeePerGas, maxFeePerGas: larger(maxFeePerGas, maxPriorityFeePerGas) }
}

/** Rounded up, and more even where there was nothing. */
function bumped(wei: bigint): bigint {
  return (wei * PRICE_BUMP_PERCENT) / 100n + 1n
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
