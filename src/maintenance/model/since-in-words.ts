/** Since when the maintenance slot is held, as people are told; null where it could not be found out. */

import { utc } from '../../base/utc.js'
import type { MaintenanceSince } from '../../chain/chain.js'

export function sinceInWords(since: MaintenanceSince): string | null {
  if (since.kind === 'at') return `since ${utc(since.time)} (block ${since.block})`
  return since.blocks > 0 ? `for at least ${since.blocks} blocks` : null
}
