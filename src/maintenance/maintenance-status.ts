/** `maintenance status`: who holds the slot, since when, and whether a migration is in the way. */
import { jsonInteger } from '../base/snake-json.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { type WatchInput, watched } from '../cli/watch.js'
import { findOperator } from '../cluster/cluster-view.js'
import { readCluster } from '../read/read-operator.js'

export type MaintenanceStatusJson = Awaited<ReturnType<typeof maintenanceStatus>>['data']

export function run(services: Services, input: WatchInput = {}) {
  return watched(services, input, () => maintenanceStatus(services))
}

async function maintenanceStatus(services: Services) {
  const snapshot = await readCluster(services)
  const { block, view } = snapshot
  return { data: { block, version: jsonInteger(view.version), ...(await maintenanceOf(services, snapshot)) } }
}

export async function maintenanceOf(services: Services, snapshot: ClusterSnapshot) {
  const { view } = snapshot
  const holder = view.maintenance
  return {
    maintenance: holder,
    name: (holder && findOperator(view, holder)?.decoded?.name) ?? null,
    since: holder && (await (await services.chain()).maintenanceSince(snapshot)),
    migration_in_progress: view.pullingOperators !== null,
  }
}
