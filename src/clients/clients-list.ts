/** `clients list`: who may use this operator's nodes, and which namespaces. */

import { jsonInteger } from '../base/json-integer.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { ActionResult, Services } from '../cli/services.js'
import { type ClientJson, clientJson } from '../cluster/to-json.js'
import { readOperator, requireDecoded } from '../read/read-operator.js'

export interface ClientsListJson {
  readonly block: BlockRef
  readonly version: number | string
  readonly operator: string
  readonly clients: readonly ClientJson[]
}

export async function run(services: Services): Promise<ActionResult<ClientsListJson>> {
  const reading = await readOperator(services)
  const { block, view } = reading.snapshot
  const clients = requireDecoded(reading).clients.map(clientJson)
  return { data: { block, version: jsonInteger(view.version), operator: reading.slot.id, clients } }
}
