/** `nodes update NODE`: new values for one node, which keeps its place. */

import type { Services } from '../cli/services.js'
import { plainNode, storeNode } from '../cluster/plain-node.js'
import { selectBoundNode } from '../cluster/select-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { openVerification, type VerifyInput } from '../health/require-answering.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'
import { type NodeFlags, nodeValues, requireSelector } from './node-flags.js'

export interface NodesUpdateOneInput extends EditInput, NodeFlags, VerifyInput {
  readonly node?: string
  readonly index?: string
}

/** Throws what selecting, verifying and editOperator throw. A new peer ID re-encrypts the addresses. */
export async function updateOneNode(services: Services, input: NodesUpdateOneInput) {
  const selector = requireSelector(input)
  const values = nodeValues(input)
  if (Object.keys(values).length === 0)
    throw new WcnError('USAGE', 'no new value is given', {
      hint: 'give --peer-id, --ip-address, --private-ip-address, --primary-port or --secondary-port',
    })
  return editOperator(services, input, {
    title: `update node ${selector}`,
    encrypts: true,
    verify: await openVerification(services, input),
    apply: ({ data, first, key }) => {
      const index = selectBoundNode(first.nodes, data.nodes, selector, key)
      const before = data.nodes[index]
      if (!before) throw new Error('the selected node is not in the list')
      return { ...data, nodes: data.nodes.with(index, storeNode({ ...plainNode(before, key), ...values }, key)) }
    },
  })
}
