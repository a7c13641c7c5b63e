/** `clients list`: who may use this operator's nodes, and which namespaces. */
import { type ClientJson, clientJson } from '../core/cluster/to-json.js'
import { jsonInteger } from '../core/json-integer.js'
import type { BlockRef } from '../core/ports/block-ref.js'
import type { ActionResult, Services } from '../core/ports/services.js'
import { readOperator, requireDecoded } from './read-operator.js'

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
