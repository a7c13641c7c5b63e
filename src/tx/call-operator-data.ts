/**
 * Explains the operator's data that a call brings: for scripts and in words, against what is on chain and against the rules.
 */

import { type Address, checksumAddress } from '../base/address.js'
import { counted } from '../base/counted.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { DecodedCall } from '../chain/calls.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../cluster/cluster-view.js'
import { type DecodedOperatorData, decodeOperatorData } from '../cluster/codec/operator-data.js'
import { writeFaults } from '../cluster/judge-write.js'
import { type Allowances, freshNodes, type OperatorWrite } from '../cluster/judged-write.js'
import { namesAlike } from '../cluster/look-alikes.js'
import { type Change, operatorChanges } from '../cluster/operator-changes.js'
import { clientJson, nodeJson, nodesJson } from '../cluster/to-json.js'
import type { WcnError } from '../errors/wcn-error.js'
import { type CallEffects, listed, type Reading, reading } from './call-parts.js'

export interface Reviewer {
  readonly key: EncryptionKey | null
  readonly allowed: Allowances
}

interface WithData {
  readonly operator: Address
  readonly data: Uint8Array
}

interface Brought extends WithData {
  readonly fn: 'addNodeOperator' | 'updateNodeOperatorData'
}

export function readOperatorData(data: Uint8Array): Reading<DecodedOperatorData> {
  return reading(() => decodeOperatorData(data))
}

/** `data.addresses` is only there when no encryption key was given. */
export function operatorJson({ operator, data }: WithData, key: EncryptionKey | null) {
  const { content, reason } = readOperatorData(data)
  if (content === null) return { operator, data: { corrupted: true, reason, data_bytes: data.length } }
  const readable = {
    name: content.name,
    nodes: nodesJson(content.nodes, key),
    clients: content.clients.map(clientJson),
    data_bytes: data.length,
    data_schema: content.schema,
    trailing_bytes: content.trailingBytes,
    ...(key === null ? { addresses: 'encrypted' as const } : {}),
  }
  return { operator, data: readable }
}

export function operatorInWords({ operator, data }: WithData): string {
  const { content } = readOperatorData(data)
  return `operator ${checksumAddress(operator)}${content ? ` ${JSON.stringify(content.name)}` : ''}`
}

/** A line each. */
export function dataInWords(data: Uint8Array, key: EncryptionKey | null): readonly string[] {
  const { content, reason } = readOperatorData(data)
  if (content === null) return [`${counted(data.length, 'byte')} that the network can't read: ${reason}`]
  const nodes = content.nodes.map((node) => {
    const { peer_id, ipv4_addr, private_ipv4_addr, primary_port, secondary_port } = nodeJson(node, key)
    const inner = private_ipv4_addr === null ? '' : ` (private ${private_ipv4_addr})`
    return `node ${peer_id} at ${ipv4_addr ?? 'an encrypted address'}${inner}, ports ${primary_port} and ${secondary_port}`
  })
  const clients = content.clients.map(clientJson).map(({ peer_id, authorized_namespaces }) => {
    return `client ${peer_id} for namespaces ${listed(authorized_namespaces)}`
  })
  return [
    `name ${JSON.stringify(content.name)}`,
    ...nodes,
    ...(clients.length === 0 ? ['no clients'] : clients),
    `${counted(data.length, 'byte')} in all`,
  ]
}

export function dataEffects({ operator, data }: WithData, view: ClusterView, key: EncryptionKey | null): CallEffects {
  const slot = findOperator(view, operator)
  const { content } = readOperatorData(data)
  const name = content?.name
  const warnings =
    name === undefined || name === slot?.decoded?.name ? [] : namesAlike(view.operators, { name, operator })
  return { changes: dataChanges(slot, data, key), warnings }
}

function dataChanges(slot: OperatorSlot | null, data: Uint8Array, key: EncryptionKey | null): readonly Change[] {
  const { content } = readOperatorData(data)
  const before = slot?.decoded ?? null
  if (content === null || (slot !== null && before === null))
    return [
      {
        op: slot ? 'update' : 'add',
        path: 'data',
        before: slot && `${slot.data.length} bytes${before ? '' : ` that do not decode (${slot.reason})`}`,
        after: `${data.length} bytes${content ? '' : ' that do not decode'}`,
      },
    ]
  const dropped = (before?.trailingBytes ?? 0) - content.trailingBytes
  return [
    ...operatorChanges(before, content, key),
    ...(dropped > 0 ? [{ op: 'remove', path: 'trailing_bytes', before: dropped, after: null } as const] : []),
  ]
}

/** What the rules for operator data say of a call that brings some. */
export function callFaults(call: DecodedCall, view: ClusterView | null, reviewer: Reviewer): readonly WcnError[] {
  if (call.fn !== 'addNodeOperator' && call.fn !== 'updateNodeOperatorData') return []
  const write = writeOf(call, view, reviewer)
  return write ? writeFaults(write) : []
}

/** What speaks against the data whatever the contract says. `view` null: nothing is known of what it replaces. */
export function dataWarnings(brought: Brought, view: ClusterView | null, reviewer: Reviewer): readonly string[] {
  const write = writeOf(brought, view, reviewer)
  if (write === null) return [`THE NETWORK COULD NOT READ THIS DATA: ${readOperatorData(brought.data).reason}`]
  const { slot, after, key } = write
  const unseen = key === null && freshNodes(slot?.decoded?.nodes ?? [], after.nodes).length > 0
  return [
    ...writeFaults(write).map(({ message }) => message),
    ...(unseen ? ['the addresses in it are encrypted, and without the encryption key they were not checked'] : []),
  ]
}

/** Null where the data can't be read. */
function writeOf({ fn, operator, data }: Brought, view: ClusterView | null, reviewer: Reviewer): OperatorWrite | null {
  const slot = view && fn === 'updateNodeOperatorData' ? findOperator(view, operator) : null
  const after = readOperatorData(data).content
  return after && { slot, after, bytes: data, maxDataBytes: view?.settings.maxOperatorDataBytes ?? null, ...reviewer }
}
