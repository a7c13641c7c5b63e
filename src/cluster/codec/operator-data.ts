/**
 * The blob the contract stores for an operator (docs/dev/network/wire-format.md, "Operator data blob"): a schema byte and a
 * postcard body. Layouts are frozen per schema; schema 1 is what is written. Addresses stay encrypted here.
 */

import { type PeerId, peerIdFromBytes, peerIdToBytes } from '../../base/keys/peer-id.js'
import { WcnError } from '../../errors/wcn-error.js'
import { PostcardReader, PostcardWriter, undecodable } from './postcard.js'

export interface StoredNode {
  readonly peerId: PeerId
  /** 4 encrypted bytes. */
  readonly ipv4: Uint8Array
  /** 4 encrypted bytes. */
  readonly privateIpv4: Uint8Array | null
  readonly primaryPort: number
  readonly secondaryPort: number
}

export interface StoredClient {
  readonly peerId: PeerId
  /** IDs from 0 to 255, in stored order. */
  readonly namespaces: readonly number[]
}

export interface OperatorData {
  readonly name: string
  readonly nodes: readonly StoredNode[]
  readonly clients: readonly StoredClient[]
}

export interface DecodedOperatorData extends OperatorData {
  readonly schema: 0 | 1
  /** Bytes after a complete body; the network ignores them and re-encoding drops them. */
  readonly trailingBytes: number
}

/** An operator with fewer nodes is undecodable to the network. */
export const MIN_NODES = 2

// Fewest bytes of: a peer ID (length, code, digest length), a node of either schema, a client.
const MIN_PEER_ID_BYTES = 3
const MIN_NODE_BYTES = { 0: MIN_PEER_ID_BYTES + 6, 1: MIN_PEER_ID_BYTES + 7 } as const
const MIN_CLIENT_BYTES = MIN_PEER_ID_BYTES + 1

/** Accepts exactly what the network accepts. Throws DATA_UNDECODABLE with the reason. */
export function decodeOperatorData(bytes: Uint8Array): DecodedOperatorData {
  const schema = bytes[0]
  if (schema === undefined) throw undecodable('the data is empty')
  if (schema !== 0 && schema !== 1) throw undecodable(`the data has schema version ${schema}, which is unknown`)

  const reader = new PostcardReader(bytes, 1)
  const name = reader.string('name')
  const nodes = reader.sequence('list of nodes', MIN_NODE_BYTES[schema], () => readNode(reader, schema))
  const clients = reader.sequence('list of clients', MIN_CLIENT_BYTES, () => readClient(reader))
  if (nodes.length < MIN_NODES) throw undecodable(`the data lists ${nodes.length} nodes, fewer than ${MIN_NODES}`)
  return { name, nodes, clients, schema, trailingBytes: reader.remaining }
}

/** Always schema 1. The network's rules (name length, number of nodes, size) are checked before, not here. */
export function encodeOperatorData(data: OperatorData): Uint8Array {
  const writer = new PostcardWriter()
  writer.u8(1, 'schema version')
  writer.string(data.name, 'name')
  writer.sequence(data.nodes, (node) => {
    writer.bytes(peerIdToBytes(node.peerId))
    writer.fixed(fourBytes(node.ipv4))
    writer.option(node.privateIpv4, (ip) => writer.fixed(fourBytes(ip)))
    writer.u16(node.primaryPort, 'primary port')
    writer.u16(node.secondaryPort, 'secondary port')
  })
  writer.sequence(data.clients, (client) => {
    writer.bytes(peerIdToBytes(client.peerId))
    writer.sequence(client.namespaces, (id) => writer.u8(id, 'namespace ID'))
  })
  return writer.finish()
}

function readNode(reader: PostcardReader, schema: 0 | 1): StoredNode {
  return {
    peerId: readPeerId(reader),
    ipv4: reader.fixed(4, 'address of a node'),
    privateIpv4: schema === 0 ? null : reader.option('private address of a node', () => readPrivateAddress(reader)),
    primaryPort: reader.u16('primary port of a node'),
    secondaryPort: reader.u16('secondary port of a node'),
  }
}

function readPrivateAddress(reader: PostcardReader): Uint8Array {
  return reader.fixed(4, 'private address of a node')
}

function readClient(reader: PostcardReader): StoredClient {
  return {
    peerId: readPeerId(reader),
    namespaces: reader.sequence('namespaces of a client', 1, () => reader.u8('namespaces of a client')),
  }
}

function readPeerId(reader: PostcardReader): PeerId {
  const bytes = reader.bytes('peer ID')
  try {
    return peerIdFromBytes(bytes)
  } catch (error) {
    throw error instanceof WcnError ? undecodable(`the data holds a broken peer ID: ${error.message}`) : error
  }
}

function fourBytes(ip: Uint8Array): Uint8Array {
  if (ip.length === 4) return ip
  throw new WcnError('VALUE_NOT_ENCODABLE', `an encrypted address has 4 bytes, but ${ip.length} were given`)
}
