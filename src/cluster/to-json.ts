/**
 * The JSON shapes of nodes, operators and clusters (docs/dev/command-line.md, "JSON shapes"). Field names are a promise to
 * scripts: add, never rename. Without the encryption key addresses are null; ciphertext is never shown as an address.
 */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { Ipv4 } from '../base/ipv4.js'
import { jsonInteger } from '../base/json-integer.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { ClusterMigration, ClusterSettings, ClusterView, OperatorSlot } from './cluster-view.js'
import { decryptIpv4 } from './codec/ip-encryption.js'
import type { StoredClient, StoredNode } from './codec/operator-data.js'

export interface NodeJson {
  readonly peer_id: PeerId
  readonly ipv4_addr: Ipv4 | null
  readonly private_ipv4_addr: Ipv4 | null
  readonly primary_port: number
  readonly secondary_port: number
}

export interface ClientJson {
  readonly peer_id: PeerId
  readonly authorized_namespaces: readonly number[]
}

interface DecodedOperatorJson {
  readonly slot: number
  readonly id: Address
  readonly name: string
  readonly nodes: readonly NodeJson[]
  readonly clients: readonly ClientJson[]
  readonly data_bytes: number
  readonly data_schema: 0 | 1
  readonly in_keyspace: boolean
  readonly trailing_bytes: number
  /** Only there when no encryption key was given. */
  readonly addresses?: 'encrypted'
}

interface CorruptedOperatorJson {
  readonly slot: number
  readonly id: Address
  readonly corrupted: true
  readonly reason: string
  readonly data_bytes: number
}

export type OperatorJson = DecodedOperatorJson | CorruptedOperatorJson

export interface MigrationJson {
  readonly id: number | string
  readonly started_at: number | string
  readonly aborted_at: number | string
}

interface SettingsJson {
  readonly max_operator_data_bytes: number
  readonly min_operators: number
  readonly event_propagation_latency_ms: number
  readonly clock_skew_ms: number
  readonly migration_concurrency: number
  readonly migration_tx_bandwidth: number
  readonly migration_rx_bandwidth: number
}

export interface ClusterJson {
  readonly chain_id: number
  readonly contract: Address
  readonly block: { readonly number: number; readonly hash: Hex }
  readonly version: number | string
  readonly keyspace_version: number | string
  readonly owner: Address
  readonly settings: SettingsJson
  readonly operators: readonly OperatorJson[]
  readonly keyspace: readonly number[]
  readonly new_keyspace: readonly number[] | null
  readonly pulling_operators: readonly number[] | null
  readonly migration: MigrationJson | null
  readonly maintenance: Address | null
}

/** The cluster as one block shows it. */
interface Snapshot {
  readonly chainId: number
  readonly contract: Address
  readonly block: { readonly number: number; readonly hash: Hex }
  readonly view: ClusterView
}

export function nodeJson(node: StoredNode, key: EncryptionKey | null): NodeJson {
  const shown = (encrypted: Uint8Array | null) =>
    key === null || encrypted === null ? null : decryptIpv4(key, node.peerId, encrypted)
  return {
    peer_id: node.peerId,
    ipv4_addr: shown(node.ipv4),
    private_ipv4_addr: shown(node.privateIpv4),
    primary_port: node.primaryPort,
    secondary_port: node.secondaryPort,
  }
}

export function clientJson(client: StoredClient): ClientJson {
  return { peer_id: client.peerId, authorized_namespaces: client.namespaces }
}

/** `inKeyspace`: whether the slot is in the serving keyspace. */
export function operatorJson(operator: OperatorSlot, inKeyspace: boolean, key: EncryptionKey | null): OperatorJson {
  const { slot, id, data, decoded } = operator
  if (decoded === null) {
    return { slot, id, corrupted: true, reason: operator.reason ?? 'unknown', data_bytes: data.length }
  }
  return {
    slot,
    id,
    name: decoded.name,
    nodes: decoded.nodes.map((node) => nodeJson(node, key)),
    clients: decoded.clients.map(clientJson),
    data_bytes: data.length,
    data_schema: decoded.schema,
    in_keyspace: inKeyspace,
    trailing_bytes: decoded.trailingBytes,
    ...(key === null ? { addresses: 'encrypted' as const } : {}),
  }
}

export function migrationJson(migration: ClusterMigration | null): MigrationJson | null {
  if (migration === null) return null
  return {
    id: jsonInteger(migration.id),
    started_at: jsonInteger(migration.startedAt),
    aborted_at: jsonInteger(migration.abortedAt),
  }
}

function settingsJson(settings: ClusterSettings): SettingsJson {
  return {
    max_operator_data_bytes: settings.maxOperatorDataBytes,
    min_operators: settings.minOperators,
    event_propagation_latency_ms: settings.eventPropagationLatencyMs,
    clock_skew_ms: settings.clockSkewMs,
    migration_concurrency: settings.migrationConcurrency,
    migration_tx_bandwidth: settings.migrationTxBandwidth,
    migration_rx_bandwidth: settings.migrationRxBandwidth,
  }
}

/** The shape of `cluster view`. */
export function clusterJson(snapshot: Snapshot, key: EncryptionKey | null): ClusterJson {
  const { chainId, contract, block, view } = snapshot
  const serving = new Set(view.keyspace)
  return {
    chain_id: chainId,
    contract,
    block: { number: block.number, hash: block.hash },
    version: jsonInteger(view.version),
    keyspace_version: jsonInteger(view.keyspaceVersion),
    owner: view.owner,
    settings: settingsJson(view.settings),
    operators: view.operators.map((operator) => operatorJson(operator, serving.has(operator.slot), key)),
    keyspace: view.keyspace,
    new_keyspace: view.newKeyspace,
    pulling_operators: view.pullingOperators,
    migration: migrationJson(view.migration),
    maintenance: view.maintenance,
  }
}
