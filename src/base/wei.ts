/** Amounts in wei as people read them, exactly and without trailing zeros. */

export function weiAsEther(wei: bigint): string {
  return decimal(wei, 18)
}

export function weiAsGwei(wei: bigint): string {
  return decimal(wei, 9)
}

/** What transactions cost together, from their JSON's `fee_wei`. */
export function costInWords(fees: readonly (string | null)[]): string {
  if (fees.includes(null)) return 'not known: the RPC providers do not tell'
  return `${weiAsEther(fees.reduce((sum, wei) => sum + BigInt(wei ?? 0), 0n))} ETH`
}

function decimal(wei: bigint, decimals: number): string {
  const digits = wei.toString().padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '')
}

interface Cost {
  readonly fee_wei: string | null
  readonly gas_used: number | string | null
}

/** What a transaction cost, as far as the RPC providers tell. */
export function withGas({ fee_wei, gas_used }: Cost): string {
  return `${costInWords([fee_wei])}${gas_used === null ? '' : ` (${gas_used} gas)`}`
}
