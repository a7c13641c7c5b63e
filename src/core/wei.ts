/** Amounts in wei as people read them, exactly and without trailing zeros. */

export function weiAsEther(wei: bigint): string {
  return decimal(wei, 18)
}

export function weiAsGwei(wei: bigint): string {
  return decimal(wei, 9)
}

function decimal(wei: bigint, decimals: number): string {
  const digits = wei.toString().padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '')
}
