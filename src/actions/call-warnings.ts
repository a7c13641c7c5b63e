/** What speaks against a call whatever is on chain: said to those who must approve it. */
import { ZERO_ADDRESS } from '../core/address.js'
import { nodeIdentity } from '../core/cluster/operator-changes.js'
import { type PlainNode, plainNode } from '../core/cluster/plain-node.js'
import { requireDistinctEndpoints, requireName, requireUsableNode } from '../core/cluster/preconditions.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import { requireNodePeerId } from '../core/keys/parse-peer-id.js'
import type { OperatorData, StoredNode } from '../core/onchain/operator-data.js'
import type { DecodedCall, EncodedSettings } from '../core/ports/calls.js'
import { WcnError } from '../errors/wcn-error.js'
import { readOperatorData, readSettings } from './call-arguments.js'

/** What the network's own code demands of a keyspace. */
const MIN_KEYSPACE = 5

export interface Reviewer {
  readonly key: EncryptionKey | null
  readonly allowPrivateAddresses: boolean
}

/** `known`: nodes that the operator has on chain already, in which no fault is found any more. */
export function callWarnings(call: DecodedCall, known: readonly StoredNode[], reviewer: Reviewer): readonly string[] {
  const encoding = call.canonical
    ? []
    : ['it is not encoded as tools do it: the contract may refuse it, or read something else in it']
  return [...encoding, ...contentWarnings(call, known, reviewer)]
}

function contentWarnings(call: DecodedCall, known: readonly StoredNode[], reviewer: Reviewer): readonly string[] {
  switch (call.fn) {
    case 'initialize':
      return [
        ...settingsWarnings(call.settings),
        ...call.operators.flatMap(({ id, data }) =>
          dataWarnings(data, [], reviewer).map((warning) => `operator ${id}: ${warning}`),
        ),
      ]
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return dataWarnings(call.data, known, reviewer)
    case 'updateSettings':
      return settingsWarnings(call.settings)
    case 'startMigration':
      return keyspaceWarnings(call)
    case 'transferOwnership':
      return call.newOwner === ZERO_ADDRESS
        ? []
        : ['the owner of a cluster decides about all of its operators, and about its code']
    case 'renounceOwnership':
      return ['THIS CANNOT BE UNDONE: nobody could add or remove an operator or start a data migration ever again']
    case 'upgradeToAndCall':
      return ["THIS REPLACES THE CONTRACT'S CODE: the new one decides about everything, who the owner is included"]
    case 'read':
      return ['sending it changes nothing and costs gas']
    default:
      return []
  }
}

function dataWarnings(data: Uint8Array, known: readonly StoredNode[], reviewer: Reviewer): readonly string[] {
  const { content, reason } = readOperatorData(data)
  if (content === null) return [`THE NETWORK COULD NOT READ THIS DATA: ${reason}`]
  const trailing = content.trailingBytes
  return [
    ...(trailing === 0 ? [] : [`${trailing} bytes after the data mean nothing to the network`]),
    ...faultOf(() => requireName(content.name)),
    ...nodeWarnings(content, known, reviewer),
  ]
}

function nodeWarnings(
  { nodes }: OperatorData,
  known: readonly StoredNode[],
  { key, allowPrivateAddresses }: Reviewer,
): readonly string[] {
  const old = new Set(known.map(nodeIdentity))
  const isFresh = (node: StoredNode) => !old.has(nodeIdentity(node))
  if (key === null)
    return nodes.flatMap((node, i) =>
      isFresh(node) ? faultOf(() => requireNodePeerId(node.peerId, `the peer ID of nodes[${i}]`)) : [],
    )
  const plain = nodes.map((node) => plainNode(node, key))
  const fresh = new Set<PlainNode>(plain.filter((_, i) => nodes[i] && isFresh(nodes[i])))
  return [
    ...plain.flatMap((node, i) =>
      fresh.has(node) ? faultOf(() => requireUsableNode(node, allowPrivateAddresses, `nodes[${i}]`)) : [],
    ),
    ...faultOf(() => requireDistinctEndpoints(plain, fresh)),
  ]
}

function settingsWarnings({ extra }: EncodedSettings): readonly string[] {
  const { content, reason } = readSettings(extra)
  return content?.warnings ?? [`THIS STOPS EVERY NODE AND TOOL: the network could not read these settings: ${reason}`]
}

function keyspaceWarnings({
  slots,
  replicationStrategy,
}: {
  readonly slots: readonly number[]
  readonly replicationStrategy: number
}): readonly string[] {
  const few = `THIS STOPS EVERY NODE AND TOOL: a keyspace needs ${MIN_KEYSPACE} operators, and this one has ${slots.length}`
  const strategy = `THIS STOPS EVERY NODE AND TOOL: replication strategy ${replicationStrategy} is unknown to the network`
  return [...(slots.length < MIN_KEYSPACE ? [few] : []), ...(replicationStrategy === 0 ? [] : [strategy])]
}

/** The sentence of the WcnError that a rule throws. */
function faultOf(rule: () => unknown): readonly string[] {
  try {
    rule()
    return []
  } catch (error) {
    if (error instanceof WcnError) return [error.message]
    throw error
  }
}
