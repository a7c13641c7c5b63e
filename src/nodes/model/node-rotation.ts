/**
 * A node that another one takes the place of, so that none is missing meanwhile: the new one is added, and the old one
 * removed once that serves. Nothing is remembered: what is on chain says how far it went, and the same words said again
 * go on from there.
 */

import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { OperatorData, StoredNode } from '../../cluster/codec/operator-data.js'
import { type PlainNode, plainNode, sameNode, storeNode } from '../../cluster/plain-node.js'
import {
  ambiguousSelector,
  matchingNodes,
  type NodeSelector,
  parseNodeSelector,
  selectNode,
} from '../../cluster/select-node.js'
import { WcnError } from '../../errors/wcn-error.js'

/** Bound to all that was read of the old one, as every selected node is (docs/dev/command-line.md). */
export interface Rotation {
  readonly old: PlainNode
  readonly next: PlainNode
}

/** `add`: the new one is not listed yet. `remove`: both are. `done`: the new one is at `index`, and the old one gone. */
export type RotationStage =
  | { readonly kind: 'add' | 'remove'; readonly rotation: Rotation }
  | { readonly kind: 'done'; readonly index: number }

/**
 * What is left to do to give the node that `selector` means other values. Throws SELECTOR_NO_MATCH, SELECTOR_AMBIGUOUS
 * (also for an index that may have come to mean a neighbour), PORTS_COLLIDE where old and new can't run side by side,
 * and what parsing the selector throws.
 */
export function rotationStage(
  nodes: readonly StoredNode[],
  selector: string,
  values: Partial<PlainNode>,
  key: EncryptionKey,
): RotationStage {
  const plain = nodes.map((node) => plainNode(node, key))
  const isNew = (node: PlainNode) => sameNode(node, { ...node, ...values })
  const parsed = parseNodeSelector(selector)
  const matches = matchingNodes(nodes, parsed, key)
  const [place, second] = matches.filter((index) => !isNew(at(plain, index)))
  if (place === undefined) {
    const index = matches[0] ?? plain.findIndex((node) => isNew(node) && succeeds(node, parsed, values))
    return { kind: 'done', index: index >= 0 ? index : selectNode(nodes, selector, key) }
  }
  const old = at(plain, place)
  if (second !== undefined) throw ambiguousSelector(selector, matches, 'its ip:port')
  const likely = parsed.kind === 'index' ? plain.findIndex(isNew) : -1
  if (likely >= 0) throw staleIndex(place, likely, old)
  const next = { ...old, ...values }
  if (old.ipv4Addr === next.ipv4Addr && portsOf(old).some((port) => portsOf(next).includes(port)))
    throw sideBySide(old, next)
  const listed = plain.some((node) => sameNode(node, next))
  return { kind: listed ? 'remove' : 'add', rotation: { old, next } }
}

/** With the new one at the end; as it is where it is listed already. Throws STATE_CHANGED. */
export function addSuccessor(data: OperatorData, { old, next }: Rotation, key: EncryptionKey): OperatorData {
  if (placeOf(data, next, key) >= 0) return data
  if (placeOf(data, old, key) < 0) throw changed(old, 'the old node is no longer listed as it was')
  return { ...data, nodes: [...data.nodes, storeNode(next, key)] }
}

/**
 * With the new one in the old one's place, so that the indexes of its neighbours stay; as it is where the old one is
 * gone. Throws STATE_CHANGED where the new one is not listed: it was to be there before the old one goes.
 */
export function removePredecessor(data: OperatorData, { old, next }: Rotation, key: EncryptionKey): OperatorData {
  const successor = placeOf(data, next, key)
  if (successor < 0) throw changed(next, 'the new node is no longer listed, so the old one was left there')
  const place = placeOf(data, old, key)
  if (place < 0) return data
  return { ...data, nodes: data.nodes.with(place, at(data.nodes, successor)).toSpliced(successor, 1) }
}

/** Its place in the list; -1 where it is not there as it is. */
export function placeOf({ nodes }: OperatorData, node: PlainNode, key: EncryptionKey): number {
  return nodes.findIndex((one) => sameNode(plainNode(one, key), node))
}

/** `12D3… at 198.51.100.7:3010`. */
export function nodeInWords({ peerId, ipv4Addr, primaryPort }: PlainNode): string {
  return `${peerId} at ${ipv4Addr}:${primaryPort}`
}

/** Whether it is where the selected node would be now. */
function succeeds(node: PlainNode, selector: NodeSelector, values: Partial<PlainNode>): boolean {
  switch (selector.kind) {
    case 'index':
      return false
    case 'peer-id':
      return values.peerId !== undefined
    case 'endpoint': {
      const portKept = values.primaryPort === undefined && values.secondaryPort === undefined
      return (
        (values.ipv4Addr !== undefined || node.ipv4Addr === selector.ipv4Addr) &&
        (!portKept || portsOf(node).includes(selector.port))
      )
    }
  }
}

function portsOf({ primaryPort, secondaryPort }: PlainNode): readonly number[] {
  return [primaryPort, secondaryPort]
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new Error(`there is no item ${index}`)
  return item
}

function staleIndex(index: number, likely: number, { peerId, ipv4Addr, primaryPort }: PlainNode): WcnError {
  return new WcnError(
    'SELECTOR_AMBIGUOUS',
    `nodes[${likely}] has the new values already, so an earlier run may have come far enough for ${index} to mean another node now; nothing was sent`,
    {
      hint: `where nodes[${index}] is to go, select it by what it is: ${peerId} or ${ipv4Addr}:${primaryPort}`,
      details: { index, listed: likely, peer_id: peerId },
    },
  )
}

function sideBySide(before: PlainNode, next: PlainNode): WcnError {
  const same = before.peerId === next.peerId
  return new WcnError(
    'PORTS_COLLIDE',
    `the new node would use ${next.ipv4Addr} and a port of the old one, and two nodes can't run there side by side`,
    {
      hint: same
        ? 'give it another address or two other ports; `wcn nodes update` changes the rest in place'
        : 'give the new key an address or two ports of its own; or, with a gap of one node: `wcn nodes update`, then restart the node with the new key at once',
      details: { ipv4_addr: next.ipv4Addr, old_ports: portsOf(before), new_ports: portsOf(next) },
    },
  )
}

function changed({ peerId, ipv4Addr }: PlainNode, what: string): WcnError {
  return new WcnError('STATE_CHANGED', `another write came first: ${what}`, {
    hint: 'look at what is on chain with `wcn nodes list`, and run the command again',
    details: { peer_id: peerId, ipv4_addr: ipv4Addr },
  })
}
