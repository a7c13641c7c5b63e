/** `nodes list`: the nodes that an operator has on chain, in their order. */

import { jsonInteger } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import { type WatchInput, watched } from '../cli/watch.js'
import { encryptedNote, nodesJson } from '../cluster/to-json.js'
import { readOperator, requireDecoded } from '../read/read-operator.js'

export function run(services: Services, input: WatchInput = {}) {
  return watched(services, input, () => nodesList(services))
}

async function nodesList(services: Services) {
  const reading = await readOperator(services)
  const { slot, key } = reading
  const { block, view } = reading.snapshot
  const { name, nodes } = requireDecoded(reading)
  const list = nodesJson(nodes, key)
  return {
    data: { block, version: jsonInteger(view.version), operator: slot.id, name, nodes: list, ...encryptedNote(key) },
  }
}
