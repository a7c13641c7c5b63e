/** Computes what a transaction costs at most, a bid that replaces a waiting one, and bids that no other run makes. */
import type { CostEstimate } from './chain.js'
import type { Bid, FeeLimits } from './fee-limits.js'
import type { Fees } from './transaction.js'

/** At least so much more is to be bid then (go-ethereum's txpool.pricebump). */
const PRICE_BUMP_PERCENT = 110n

/** All that a transaction may cost, in wei. */
export function highestCost({ executionFeeWei, l1FeeWei, operatorFeeWei }: Omit<CostEstimate, 'gas'>): bigint {
  return executionFeeWei + l1FeeWei + operatorFeeWei
}

/** The least that replaces `previous`, and no less than what is usual now. Wei per gas. */
export function replacementFees(previous: Fees, current: Fees): Fees {
  const [fee, tip] = [bumped(previous.maxFeePerGas), bumped(previous.maxPriorityFeePerGas)]
  const { maxFeePerGas, maxPriorityFeePerGas } = largerFees({ maxFeePerGas: fee, maxPriorityFeePerGas: tip }, current)
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

/**
 * Makes a transaction unlike any other run's. Signatures are deterministic: two machines with one key that plan the same
 * call on the same block would sign the very same bytes, and each would take the one that is included for its own. Adds
 * up to 65 535 wei to the highest fee per gas and as much to the gas limit, of which only what is used is paid; less
 * where the limits leave less room. `random` is 4 bytes.
 */
export function uniqueBid(
  { gas, fees }: Pick<Bid, 'gas' | 'fees'>,
  random: Uint8Array,
  limits: Pick<FeeLimits, 'fee' | 'cost'>,
) {
  const [a = 0, b = 0, c = 0, d = 0] = random
  const before = fees.maxFeePerGas
  const affordable = limits.cost / (gas || 1n)
  const highest = limits.fee < affordable ? limits.fee : affordable
  const maxFeePerGas = before + within(c * 256 + d, highest - before)
  return {
    gas: gas + within(a * 256 + b, limits.cost / (maxFeePerGas || 1n) - gas),
    fees: { ...fees, maxFeePerGas },
  }
}

function within(wanted: number, room: bigint): bigint {
  if (BigInt(wanted) <= room) return BigInt(wanted)
  return room <= 0n ? 0n : BigInt(wanted) % (room + 1n)
}
