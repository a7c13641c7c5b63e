/** `maintenance status`: who holds the slot, since when, and whether a migration is in the way. */

import { jsonInteger } from '../base/json-integer.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { MaintenanceSince } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { readCluster } from '../read/read-operator.js'

export interface MaintenanceStatusJson {
  readonly block: BlockRef
  readonly version: number | string
  readonly maintenance: string | null
  readonly name: string | null
  readonly since: MaintenanceSince | null
  readonly migration_in_progress: boolean
}

export async function run(services: Services): Promise<ActionResult<MaintenanceStatusJson>> {
  const snapshot = await readCluster(services)
  const { block, view } = snapshot
  const holder = view.maintenance
  return {
    data: {
      block,
      version: jsonInteger(view.version),
      maintenance: holder,
      name: (holder && findOperator(view, holder)?.decoded?.name) ?? null,
      since: holder && (await (await services.chain()).maintenanceSince(snapshot)),
      migration_in_progress: view.pullingOperators !== null,
    },
  }
}
