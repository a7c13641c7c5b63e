/** `nodes export`: the on-chain list as a file that `nodes update -f` takes. */

import type { ActionResult, Services } from '../cli/services.js'
import { type ClientJson, clientJson, type NodeJson, nodeJson } from '../cluster/to-json.js'
import { readOperator, requireDecoded } from '../read/read-operator.js'
import { requireMatchingKey } from '../read/require-cluster.js'

export interface NodesExportJson {
  readonly name: string
  readonly nodes: readonly NodeJson[]
  readonly clients: readonly ClientJson[]
}

export interface NodesExportInput {
  readonly forceEncryptionKey?: boolean
}

/**
 * Throws SETTING_MISSING without the encryption key and ENCRYPTION_KEY_WRONG with another cluster's: a list without
 * addresses, or with wrong ones, must not be applied again.
 */
export async function run(
  services: Services,
  { forceEncryptionKey = false }: NodesExportInput,
): Promise<ActionResult<NodesExportJson>> {
  const key = await services.settings.requireEncryptionKey()
  const reading = await readOperator(services)
  const { name, nodes, clients } = requireDecoded(reading)
  requireMatchingKey(reading.snapshot.view, key, forceEncryptionKey)
  return { data: { name, nodes: nodes.map((node) => nodeJson(node, key)), clients: clients.map(clientJson) } }
}
