/** Which nodes `nodes check` looks at: those on chain, some of them, or those of a file that may be no operator's yet. */
import type { Address } from '../base/address.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { selectNode } from '../cluster/select-node.js'
import { readNodesFile } from '../deploy/read-nodes-file.js'
import { WcnError } from '../errors/wcn-error.js'
import { readCluster, readOperator, requireDecoded, requireOperator } from '../read/read-operator.js'
import { type ExpectedNode, expectedNode, expectedNodes } from './model/expected-node.js'
import { requireTrueAddresses } from './require-true-addresses.js'

export interface NodesInput {
  /** Selectors; `all` stands for every node. */
  readonly nodes: readonly string[]
  readonly file?: string
}

export interface CheckedNodes {
  readonly operator: Address
  readonly snapshot: ClusterSnapshot
  readonly nodes: readonly ExpectedNode[]
  /** Whether nothing but a fault of the nodes can be why they are not at their addresses. */
  readonly addressesProven: boolean
}

export interface NodesReader {
  readonly first: CheckedNodes
  /** What is there now, without the warnings of the first time. Throws the same. */
  again(): Promise<CheckedNodes>
}

const ALL = 'all'

/**
 * Throws USAGE, SETTING_*, ENCRYPTION_KEY_WRONG, OPERATOR_NOT_FOUND, DATA_UNDECODABLE, SELECTOR_*, what files and chain throw. Only nodes on
 * chain take the encryption key.
 */
export async function readCheckedNodes(services: Services, { nodes, file }: NodesInput): Promise<NodesReader> {
  if (file !== undefined && nodes.length > 0)
    throw new WcnError('USAGE', 'nodes are named and a file is given: which are meant?', {
      hint: 'leave out the names to look at all nodes of the file, or -f to look at those on chain',
    })
  const { snapshot, choose } = await (file === undefined ? fromChain(services, nodes) : fromFile(services, file))
  return {
    first: choose(snapshot),
    again: async () => choose(await (await services.chain()).readCluster()),
  }
}

interface Choice {
  readonly snapshot: ClusterSnapshot
  readonly choose: (now: ClusterSnapshot) => CheckedNodes
}

async function fromChain(services: Services, selectors: readonly string[]): Promise<Choice> {
  const key = await services.settings.requireEncryptionKey()
  const reading = await readOperator(services)
  const operator = reading.slot.id
  const addressesProven = await requireTrueAddresses(services, { snapshot: reading.snapshot, operator, key })
  const everyOne = selectors.length === 0 || selectors.includes(ALL)
  const choose = (snapshot: ClusterSnapshot) => {
    const stored = requireDecoded({ snapshot, slot: requireOperator(snapshot.view, operator), key }).nodes
    const places = new Set(selectors.filter((one) => one !== ALL).map((one) => selectNode(stored, one, key)))
    const nodes = expectedNodes(stored, key).filter((_, index) => everyOne || places.has(index))
    return { operator, snapshot, addressesProven, nodes }
  }
  return { snapshot: reading.snapshot, choose }
}

/** A joining operator has nodes, but no place in the cluster yet. */
async function fromFile(services: Services, file: string): Promise<Choice> {
  const listed = await readNodesFile(services, file)
  const operator = await services.settings.operator()
  const choose = (snapshot: ClusterSnapshot) => {
    const onChain = findOperator(snapshot.view, operator)?.decoded?.nodes ?? []
    const nodes = listed.nodes.map((node, place) => {
      const index = onChain.findIndex(({ peerId }) => peerId === node.peerId)
      return expectedNode(node, index < 0 ? null : index, `nodes[${place}]`)
    })
    return { operator, snapshot, addressesProven: true, nodes }
  }
  return { snapshot: await readCluster(services), choose }
}
