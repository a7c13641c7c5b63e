/** `nodes export`: the on-chain list as a file that `nodes update -f` takes. */

import type { Services } from '../cli/services.js'
import { clientJson, nodesJson } from '../cluster/to-json.js'
import { readOperator, requireDecoded } from '../read/read-operator.js'
import { requireMatchingKey } from '../read/require-cluster.js'

/**
 * Throws SETTING_MISSING without the encryption key and ENCRYPTION_KEY_WRONG with another cluster's: a list without
 * addresses, or with wrong ones, must not be applied again.
 */
export async function run(services: Services, input: { readonly forceEncryptionKey?: boolean }) {
  const key = await services.settings.requireEncryptionKey()
  const reading = await readOperator(services)
  const { name, nodes, clients } = requireDecoded(reading)
  requireMatchingKey(reading.snapshot.view, key, input.forceEncryptionKey === true)
  return { data: { name, nodes: nodesJson(nodes, key), clients: clients.map(clientJson) } }
}
