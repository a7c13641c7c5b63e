/** Which cluster a write goes to, and what named it. */
import type { Address } from './address.js'

export interface WriteTarget {
  readonly chain_id: number
  /** Null where one is founded. */
  readonly contract: Address | null
  /** `--contract-address`, `SMART_CONTRACT_ADDRESS in prod.env`, `context eu`, a file; null where one is founded. */
  readonly source: string | null
}
