/**
 * The JSON shapes of nodes, operators and clusters (docs/dev/command-line.md, "JSON shapes"). Field names are a promise to
 * scripts: add, never rename. Without the encryption key addresses are null; ciphertext is never shown as an address.
 */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { jsonInteger, snakeJson } from '../base/snake-json.js'
import type { ClusterMigration, ClusterView, OperatorSlot } from './cluster-view.js'
import type { DecodedOperatorData, StoredClient, StoredNode } from './codec/operator-data.js'
import { plainNode, plainNodes } from './plain-node.js'

/** Shapes are what the functions below give; test/cluster/to-json.test.ts holds them. */
export type NodeJson = ReturnType<typeof nodeJson>
export type ClientJson = ReturnType<typeof clientJson>
export type OperatorJson = ReturnType<typeof corruptedJson> | ReturnType<typeof decodedJson>

/** The cluster as one block shows it. */
interface Snapshot {
  readonly chainId: number
  readonly contract: Address
  readonly block: { readonly number: number; readonly hash: Hex }
  readonly view: ClusterView
}

export function nodeJson(node: StoredNode, key: EncryptionKey | null) {
  return snakeJson(plainNode(node, key))
}

export function nodesJson(nodes: readonly StoredNode[], key: EncryptionKey | null): readonly NodeJson[] {
  return plainNodes(nodes, key).map((node) => snakeJson(node))
}

export function clientJson(client: StoredClient) {
  return { peer_id: client.peerId, authorized_namespaces: client.namespaces }
}

/** `inKeyspace`: whether the slot is in the serving keyspace. */
export function operatorJson(operator: OperatorSlot, inKeyspace: boolean, key: EncryptionKey | null): OperatorJson {
  const { decoded } = operator
  return decoded === null ? corruptedJson(operator) : decodedJson(operator, decoded, inKeyspace, key)
}

function corruptedJson({ slot, id, data, reason }: OperatorSlot) {
  return { slot, id, corrupted: true, reason: reason ?? 'unknown', data_bytes: data.length } as const
}

function decodedJson(
  { slot, id, data }: OperatorSlot,
  { name, nodes, clients, schema, trailingBytes }: DecodedOperatorData,
  inKeyspace: boolean,
  key: EncryptionKey | null,
) {
  return {
    slot,
    id,
    name,
    nodes: nodesJson(nodes, key),
    clients: clients.map(clientJson),
    data_bytes: data.length,
    data_schema: schema,
    in_keyspace: inKeyspace,
    trailing_bytes: trailingBytes,
    ...encryptedNote(key),
  }
}

/** Only there when no encryption key was given. */
export function encryptedNote(key: EncryptionKey | null): { readonly addresses?: 'encrypted' } {
  return key === null ? { addresses: 'encrypted' } : {}
}

export function migrationJson(migration: ClusterMigration | null) {
  return migration && snakeJson(migration)
}

/** Which state of which cluster a document is about. */
export function stateJson<Block>(snapshot: Omit<Snapshot, 'block'> & { readonly block: Block }) {
  const { chainId, contract, block, view } = snapshot
  return { chain_id: chainId, contract, block, version: jsonInteger(view.version) }
}

/** The shape of `cluster view`. */
export function clusterJson({ chainId, contract, block, view }: Snapshot, key: EncryptionKey | null) {
  const { version, keyspaceVersion, owner, settings, keyspace, newKeyspace, pullingOperators, maintenance } = view
  return {
    ...snakeJson({
      chainId,
      contract,
      block: { number: block.number, hash: block.hash },
      version,
      keyspaceVersion,
      owner,
    }),
    settings: snakeJson(settings),
    operators: view.operators.map((operator) => operatorJson(operator, keyspace.includes(operator.slot), key)),
    ...snakeJson({ keyspace, newKeyspace, pullingOperators }),
    migration: migrationJson(view.migration),
    maintenance,
  }
}
