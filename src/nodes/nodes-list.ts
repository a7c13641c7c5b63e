/** `nodes list`: the nodes that an operator has on chain, in their order. */

import { jsonInteger } from '../base/json-integer.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { ActionResult, Services } from '../cli/services.js'
import { type NodeJson, nodeJson } from '../cluster/to-json.js'
import { readOperator, requireDecoded } from '../read/read-operator.js'

export interface NodesListJson {
  readonly block: BlockRef
  readonly version: number | string
  readonly operator: string
  readonly name: string
  readonly nodes: readonly NodeJson[]
  readonly addresses?: 'encrypted'
}

export async function run(services: Services): Promise<ActionResult<NodesListJson>> {
  const reading = await readOperator(services)
  const { snapshot, slot, key } = reading
  const { name, nodes } = requireDecoded(reading)
  return {
    data: {
      block: snapshot.block,
      version: jsonInteger(snapshot.view.version),
      operator: slot.id,
      name,
      nodes: nodes.map((node) => nodeJson(node, key)),
      ...(key === null ? { addresses: 'encrypted' as const } : {}),
    },
  }
}
