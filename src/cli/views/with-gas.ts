/** What a transaction cost, as far as the RPC providers tell. */
import { costInWords } from '../../base/wei.js'

interface Cost {
  readonly fee_wei: string | null
  readonly gas_used: number | string | null
}

export function withGas({ fee_wei, gas_used }: Cost): string {
  return `${costInWords([fee_wei])}${gas_used === null ? '' : ` (${gas_used} gas)`}`
}
