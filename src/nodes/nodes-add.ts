/** `nodes add`: appends a node. */

import type { Services } from '../cli/services.js'
import { storeNode } from '../cluster/plain-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { openVerification, type VerifyInput } from '../health/require-answering.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'
import { type NodeFlags, nodeValues } from './node-flags.js'

/** Throws USAGE, and what verifying and editOperator throw. */
export async function run(services: Services, input: EditInput & NodeFlags & VerifyInput) {
  const { peerId, ipv4Addr, primaryPort, secondaryPort, privateIpv4Addr = null } = nodeValues(input)
  if (!peerId || !ipv4Addr || !primaryPort || !secondaryPort)
    throw new WcnError('USAGE', 'a node needs a peer ID, an address and two ports', {
      hint: 'give --peer-id, --ip-address, --primary-port and --secondary-port',
    })
  const node = { peerId, ipv4Addr, privateIpv4Addr, primaryPort, secondaryPort }
  return editOperator(services, input, {
    title: `add node ${peerId} at ${ipv4Addr}`,
    encrypts: true,
    verify: await openVerification(services, input),
    apply: ({ data, key }) => ({ ...data, nodes: [...data.nodes, storeNode(node, key)] }),
  })
}
