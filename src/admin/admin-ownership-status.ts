/** `admin ownership status`: who owns the cluster, and to whom that was offered. */
import { jsonInteger } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import { readCluster } from '../read/read-operator.js'

export async function run(services: Services) {
  const snapshot = await readCluster(services)
  const { chainId, contract, block, view } = snapshot
  return {
    data: {
      chain_id: chainId,
      contract,
      block,
      version: jsonInteger(view.version),
      owner: view.owner,
      pending_owner: await (await services.chain()).pendingOwner(snapshot),
    },
  }
}
