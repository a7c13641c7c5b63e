/** `nodes remove NODE`. */

import type { Services } from '../cli/services.js'
import { selectBoundNode, selectsByAddress } from '../cluster/select-node.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'
import { requireSelector } from './node-flags.js'

/** Throws SELECTOR_NO_MATCH, SELECTOR_AMBIGUOUS, TOO_FEW_NODES and what editOperator throws. */
export async function run(services: Services, input: EditInput & Parameters<typeof requireSelector>[0]) {
  const selector = requireSelector(input)
  if (selectsByAddress(selector)) await services.settings.requireEncryptionKey()
  return editOperator(services, input, {
    title: `remove node ${selector}`,
    encrypts: false,
    apply: ({ data, first, key }) => {
      const index = selectBoundNode(first.nodes, data.nodes, selector, key)
      return { ...data, nodes: data.nodes.toSpliced(index, 1) }
    },
  })
}
