/** `cluster view`: everything the contract holds. */
import { type ClusterJson, clusterJson } from '../core/cluster/to-json.js'
import type { ActionResult, Services } from '../core/ports.js'
import { readCluster } from './read-operator.js'

export async function run(services: Services): Promise<ActionResult<ClusterJson>> {
  const key = await services.settings.encryptionKey()
  return { data: clusterJson(await readCluster(services), key) }
}
