/** `nodes export`: the on-chain list as a file that `nodes update -f` takes. */
import { type ClientJson, clientJson, type NodeJson, nodeJson } from '../core/cluster/to-json.js'
import type { ActionResult, Services } from '../core/ports.js'
import { readOperator, requireDecoded } from './read-operator.js'

export interface NodesExportJson {
  readonly name: string
  readonly nodes: readonly NodeJson[]
  readonly clients: readonly ClientJson[]
}

/** Throws SETTING_MISSING without the encryption key: a list without addresses could not be applied again. */
export async function run(services: Services): Promise<ActionResult<NodesExportJson>> {
  const key = await services.settings.requireEncryptionKey()
  const { name, nodes, clients } = requireDecoded(await readOperator(services))
  return { data: { name, nodes: nodes.map((node) => nodeJson(node, key)), clients: clients.map(clientJson) } }
}
