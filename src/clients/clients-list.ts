/** `clients list`: who may use this operator's nodes, and which namespaces. */

import { jsonInteger } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import { clientJson } from '../cluster/to-json.js'
import { readOperator, requireDecoded } from '../read/read-operator.js'

export async function run(services: Services) {
  const reading = await readOperator(services)
  const { block, view } = reading.snapshot
  const clients = requireDecoded(reading).clients.map(clientJson)
  return { data: { block, version: jsonInteger(view.version), operator: reading.slot.id, clients } }
}
