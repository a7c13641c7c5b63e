/**
 * Makes a transaction unlike any other run's. Signatures are deterministic: two machines with one key that plan the same
 * call on the same block would sign the very same bytes, and each would take the one that is included for its own.
 */
import type { Fees } from './transaction.js'

interface Bid {
  readonly gas: bigint
  /** Wei per gas. */
  readonly fees: Fees
}

interface Limits {
  /** Wei per gas. */
  readonly fee: bigint
  /** Wei, of gas times highest fee. */
  readonly cost: bigint
}

/**
 * Adds up to 65 535 wei to the highest fee per gas and as much to the gas limit, of which only what is used is paid; less
 * where the limits leave less room. `random` is 4 bytes.
 */
export function unlikeOthers({ gas, fees }: Bid, random: Uint8Array, limits: Limits): Bid {
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
