/** Which nodes `nodes check` looks at: those on chain, some of them, or those of a file that may be no operator's yet. */
import type { Address } from '../base/address.js'
import type { Check } from '../base/check.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { selectNode } from '../cluster/select-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodesFile } from '../read/read-nodes-file.js'
import { readCluster, readOperator, requireDecoded, requireOperator } from '../read/read-operator.js'
import type { DatabaseSightingJson } from './model/database-to-json.js'
import { expectedNode, expectedNodes } from './model/expected-node.js'
import type { ExpectedNode } from './model/node-health.js'
import type { NodeHealthJson } from './model/to-json.js'
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

/** What a look came to, for scripts. */
export interface NodesCheckJson {
  /** Unix seconds. */
  readonly checked_at: number
  /** What the nodes are held against; null where only a database was looked at. */
  readonly cluster: {
    readonly chain_id: number
    readonly contract: Address
    readonly block: BlockRef
    readonly version: number | string
    readonly keyspace_version: number | string
    readonly operator: Address
  } | null
  readonly nodes: readonly NodeHealthJson[]
  readonly databases: readonly DatabaseSightingJson[]
  /** All of them, those of nodes and databases as well. */
  readonly checks: readonly Check[]
  /** IDs of the checks that are other than at the look before, such as new failures; null at the first look. */
  readonly changed: readonly string[] | null
}

const ALL = 'all'

/**
 * Throws USAGE, SETTING_*, ENCRYPTION_KEY_WRONG, OPERATOR_NOT_FOUND, DATA_UNDECODABLE, SELECTOR_*, what files and chain throw. Only nodes on
 * chain take the encryption key.
 */
export async function readCheckedNodes(services: Services, input: NodesInput): Promise<NodesReader> {
  if (input.file === undefined) return readFromChain(services, input.nodes)
  if (input.nodes.length > 0)
    throw new WcnError('USAGE', 'nodes are named and a file is given: which are meant?', {
      hint: 'leave out the names to look at all nodes of the file, or -f to look at those on chain',
    })
  return readFromFile(services, input.file)
}

async function readFromChain(services: Services, selectors: readonly string[]): Promise<NodesReader> {
  const key = await services.settings.requireEncryptionKey()
  const reading = await readOperator(services)
  const about = { snapshot: reading.snapshot, operator: reading.slot.id, key }
  const addressesProven = await requireTrueAddresses(services, about)
  const chosen = (now: Pick<Awaited<ReturnType<typeof readOperator>>, 'snapshot' | 'slot'>): CheckedNodes => {
    const stored = requireDecoded({ ...now, key }).nodes
    const places = new Set(selectors.filter((one) => one !== ALL).map((one) => selectNode(stored, one, key)))
    const everyOne = selectors.length === 0 || selectors.includes(ALL)
    return {
      operator: now.slot.id,
      snapshot: now.snapshot,
      addressesProven,
      nodes: expectedNodes(stored, key).filter((_, index) => everyOne || places.has(index)),
    }
  }
  const first = chosen(reading)
  return {
    first,
    async again() {
      const snapshot = await (await services.chain()).readCluster()
      return chosen({ snapshot, slot: requireOperator(snapshot.view, first.operator) })
    },
  }
}

/** A joining operator has nodes, but no place in the cluster yet. */
async function readFromFile(services: Services, file: string): Promise<NodesReader> {
  const { nodes } = await readNodesFile(services, file)
  const operator = await services.settings.operator()
  const chosen = (snapshot: ClusterSnapshot): CheckedNodes => {
    const listed = findOperator(snapshot.view, operator)?.decoded?.nodes ?? []
    return {
      operator,
      snapshot,
      addressesProven: true,
      nodes: nodes.map((node, place) => {
        const index = listed.findIndex(({ peerId }) => peerId === node.peerId)
        return expectedNode(node, index < 0 ? null : index, `nodes[${place}]`)
      }),
    }
  }
  return {
    first: chosen(await readCluster(services)),
    again: async () => chosen(await (await services.chain()).readCluster()),
  }
}
