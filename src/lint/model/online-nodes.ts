/** Nodes here and nodes on the operator's list: by their keys, then by their ports. */
import { type Address, checksumAddress } from '../../base/address.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { OperatorSlot } from '../../cluster/cluster-view.js'
import type { StoredNode } from '../../cluster/codec/operator-data.js'
import type { ChainSide } from './chain-side.js'
import { type CheckedNode, outwardPort } from './checked-service.js'
import { concluded, type Finding, finding, nowhere, skipped } from './finding.js'
import type { ParsedVariable } from './variable-reader.js'

interface IdentifiedNode {
  readonly node: CheckedNode
  readonly peerId: ParsedVariable<PeerId>
}

/** `slot`: the operator whose nodes these should be; null: not known, so that any list will do. */
export function judgeListed(
  nodes: readonly CheckedNode[],
  chain: ChainSide,
  slot: OperatorSlot | null,
): readonly Finding[] {
  const identified = nodes.flatMap((node): readonly IdentifiedNode[] => {
    const { peerId } = node.values
    return peerId === null || chain.isBlamed(peerId.variable.place) ? [] : [{ node, peerId }]
  })
  if (identified.length === 0) return []
  if (slot !== null && slot.decoded === null)
    return skipped('node-on-chain', `the data of operator ${checksumAddress(slot.id)} on chain does not decode`)
  const listed = identified.map((one) => ({ ...one, lists: listsWith(chain, one.peerId.value) }))
  const mine = (lists: readonly Listing[]) => lists.find(({ operator }) => slot === null || operator === slot.id)
  return [
    ...concluded(
      'node-on-chain',
      listed.flatMap(({ node, peerId, lists }) => (mine(lists) ? [] : notListed(node, peerId, lists))),
      'every node key is on the list of the operator',
    ),
    ...concluded(
      'ports-on-chain',
      listed.flatMap(({ node, peerId, lists }) => portFindings(node, peerId, mine(lists), chain)),
      'every node listens on its ports on chain',
    ),
  ]
}

/** What nobody here serves: only where the files seem to be all there are, and every key of them is a good one. */
export function judgeServed(nodes: readonly CheckedNode[], slot: OperatorSlot | null): readonly Finding[] {
  const list = slot?.decoded?.nodes ?? []
  const ids = new Set(nodes.map(({ values }) => values.peerId?.value))
  if (nodes.length < 2 || list.length === 0) return []
  if (![...ids].every((id) => list.some(({ peerId }) => peerId === id))) return []
  const unserved = list.filter(({ peerId }) => !ids.has(peerId))
  return concluded(
    'nodes-served',
    unserved.map(({ peerId, primaryPort }) =>
      nowhere(
        'nodes-served',
        'warn',
        `node ${peerId} on chain (port ${primaryPort}) is none of the nodes here`,
        'name all files, or take a node that is gone off the list: `wcn nodes remove`',
      ),
    ),
    'every node on chain is here',
  )
}

interface Listing {
  readonly operator: Address
  readonly list: readonly StoredNode[]
  /** Those with the peer ID: at least one. */
  readonly entries: readonly StoredNode[]
}

function listsWith({ view }: ChainSide, id: PeerId): readonly Listing[] {
  return view.operators.flatMap((operator) => {
    const list = operator.decoded?.nodes ?? []
    const entries = list.filter(({ peerId }) => peerId === id)
    return entries.length > 0 ? [{ operator: operator.id, list, entries }] : []
  })
}

function notListed(
  { found }: CheckedNode,
  peerId: ParsedVariable<PeerId>,
  [other]: readonly Listing[],
): readonly Finding[] {
  return [
    finding(
      'node-on-chain',
      'fail',
      peerId.variable.place,
      other
        ? `the key of ${found.name} is ${peerId.value}, a node of operator ${checksumAddress(other.operator)}`
        : `the key of ${found.name} is ${peerId.value}, which is on nobody's list: no other node talks to it`,
      'put in the right key, or put the node on the list: `wcn nodes add`',
    ),
  ]
}

function portFindings(
  { found, values }: CheckedNode,
  peerId: ParsedVariable<PeerId>,
  listing: Listing | undefined,
  { isBlamed }: ChainSide,
): readonly Finding[] {
  const { primaryPort, secondaryPort } = values
  if (!listing || !primaryPort || !secondaryPort) return []
  if ([primaryPort, secondaryPort].some(({ variable }) => isBlamed(variable.place))) return []
  const here = [outwardPort(found, primaryPort.value), outwardPort(found, secondaryPort.value)] as const
  const differences = ({ primaryPort: primary, secondaryPort: secondary }: StoredNode) => [
    ...(here[0] === null || here[0] === primary ? [] : [{ held: primaryPort, port: here[0], listed: primary }]),
    ...(here[1] === null || here[1] === secondary ? [] : [{ held: secondaryPort, port: here[1], listed: secondary }]),
  ]
  const [closest] = listing.entries.toSorted((one, other) => differences(one).length - differences(other).length)
  const wrong = closest ? differences(closest) : []
  const namesake = listing.list.find((node) => differences(node).length === 0)
  if (wrong.length === 2 && namesake)
    return [
      finding(
        'ports-on-chain',
        'fail',
        peerId.variable.place,
        `the key of ${found.name} is not this node's: on chain, ports ${here.join(' and ')} belong to ${namesake.peerId}, and ${peerId.value} has others`,
        'the keys of two nodes were mixed up, or their ports',
      ),
    ]
  return wrong.map(({ held, port, listed }) =>
    finding(
      'ports-on-chain',
      'fail',
      held.variable.place,
      `${found.name} is reached at port ${port}, and on chain it is ${listed}`,
      'use the port on chain, or change it there: `wcn nodes update`',
    ),
  )
}
