/** Amounts in wei: exactly, for what is typed or agreed to and for JSON, and as people read them, with three digits that matter. */

/** `down` for what is there, `up` for what may be spent: so no sentence says that the one is enough for the other where it is not. */
export type Rounding = 'down' | 'up' | 'nearest'

const ETHER = 18
const GWEI = 9
/** Of less than this nobody ever ran out. */
const LEAST_ETHER_WEI = 10n ** 12n
/** Less of a balance than one in so many is nothing to think about. */
const LEAST_SHARE = 1000n

export function weiAsEther(wei: bigint): string {
  return decimal(wei, ETHER)
}

export function weiAsGwei(wei: bigint): string {
  return decimal(wei, GWEI)
}

/** Such as `0.00037 ETH`. */
export function etherInWords(wei: bigint, rounding: Rounding = 'nearest'): string {
  const shown = rounded(wei, ETHER, LEAST_ETHER_WEI, rounding)
  return shown === 0n && wei > 0n ? `less than ${weiAsEther(LEAST_ETHER_WEI)} ETH` : `${weiAsEther(shown)} ETH`
}

/** Of what is bid for gas. */
export function gweiInWords(wei: bigint, rounding: Rounding = 'up'): string {
  return `${weiAsGwei(rounded(wei, GWEI, 1n, rounding))} gwei`
}

/** Such as `about 1/40 of the balance`; null where there is none. */
export function shareInWords(wei: bigint, balanceWei: bigint): string | null {
  if (balanceWei === 0n || wei === 0n) return null
  if (wei > balanceWei) return 'more than the balance'
  if (wei * 2n > balanceWei) return 'more than half of the balance'
  const parts = balanceWei / wei
  return parts >= LEAST_SHARE
    ? `less than 1/${LEAST_SHARE} of the balance`
    : `about 1/${toDigits(parts, 2)} of the balance`
}

/** What transactions cost together, from their JSON's `fee_wei`. */
export function costInWords(fees: readonly (string | null)[]): string {
  if (fees.includes(null)) return 'not known: the RPC providers do not tell'
  return etherInWords(fees.reduce((sum, wei) => sum + BigInt(wei ?? 0), 0n))
}

interface Cost {
  readonly fee_wei: string | null
  readonly gas_used: number | string | null
}

/** What a transaction cost, as far as the RPC providers tell. */
export function withGas({ fee_wei, gas_used }: Cost): string {
  return `${costInWords([fee_wei])}${gas_used === null ? '' : ` (${gas_used} gas)`}`
}

function decimal(wei: bigint, decimals: number): string {
  const digits = wei.toString().padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '')
}

/** Whole units are kept, and nothing smaller than `least` is. */
function rounded(wei: bigint, decimals: number, least: bigint, rounding: Rounding): bigint {
  const unit = 10n ** BigInt(decimals)
  const digits = stepFor(wei, 3)
  const step = digits > unit ? unit : digits < least ? least : digits
  return toStep(wei, step, rounding)
}

function toDigits(value: bigint, digits: number): bigint {
  return toStep(value, stepFor(value, digits), 'nearest')
}

function stepFor(value: bigint, digits: number): bigint {
  return 10n ** BigInt(Math.max(0, value.toString().length - digits))
}

function toStep(value: bigint, step: bigint, rounding: Rounding): bigint {
  const add = rounding === 'up' ? step - 1n : rounding === 'nearest' ? step / 2n : 0n
  return ((value + add) / step) * step
}
