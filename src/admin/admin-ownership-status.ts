/** `admin ownership status`: who owns the cluster, and to whom that was offered. */
import type { Services } from '../cli/services.js'
import { stateJson } from '../cluster/to-json.js'
import { readCluster } from '../read/read-operator.js'

export async function run(services: Services) {
  const snapshot = await readCluster(services)
  const { owner } = snapshot.view
  return {
    data: {
      ...stateJson(snapshot),
      owner,
      pending_owner: await (await services.chain()).pendingOwner(snapshot),
    },
  }
}
