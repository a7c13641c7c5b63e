/** Which cluster a write goes to, as people are shown before they agree, and scripts are told. */
import type { Address } from '../base/address.js'
import type { WriteTarget } from '../base/write-target.js'
import type { Services } from '../cli/services.js'

/** `contract` null: a cluster is founded. It is that of the settings, unless `source` says what else names it. */
export function writeTarget(
  { settings }: Pick<Services, 'settings'>,
  chainId: number,
  contract: Address | null,
  source?: string,
): WriteTarget {
  return { chain_id: chainId, contract, source: contract === null ? null : (source ?? settings.contractSource()) }
}
