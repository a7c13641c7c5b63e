/** The arguments of a decoded call as scripts get them, with blobs taken apart as far as the network could read them. */
import type { Address } from '../base/address.js'
import { bytesToHex } from '../base/hex.js'
import { jsonInteger } from '../base/json-integer.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { DecodedCall, EncodedSettings } from '../chain/calls.js'
import { type DecodedOperatorData, decodeOperatorData } from '../cluster/codec/operator-data.js'
import { type DecodedSettings, decodeSettingsData } from '../cluster/codec/settings-data.js'
import { clientJson, nodeJson } from '../cluster/to-json.js'
import { WcnError } from '../errors/wcn-error.js'

/** Either the content, or why the network can't read it. */
export type Reading<T> =
  | { readonly content: T; readonly reason: null }
  | { readonly content: null; readonly reason: string }

/** The limits, and either the network's tunables or `corrupted` with the reason. */
export type SettingsDataJson = Readonly<Record<string, number | string | boolean>>

export function readOperatorData(data: Uint8Array): Reading<DecodedOperatorData> {
  return reading(() => decodeOperatorData(data))
}

export function readSettings(extra: Uint8Array): Reading<DecodedSettings> {
  return reading(() => decodeSettingsData(extra))
}

export function argumentsOf(call: DecodedCall, key: EncryptionKey | null): Readonly<Record<string, unknown>> {
  switch (call.fn) {
    case 'initialize':
      return {
        settings: settingsDataJson(call.settings),
        operators: call.operators.map(({ id, data }) => operatorJson(id, data, key)),
      }
    case 'startMigration':
      return { keyspace: call.slots, replication_strategy: call.replicationStrategy }
    case 'completeMigration':
    case 'abortMigration':
      return { id: jsonInteger(call.id) }
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return operatorJson(call.operator, call.data, key)
    case 'removeNodeOperator':
      return { operator: call.operator }
    case 'setMaintenance':
      return { active: call.active }
    case 'updateSettings':
      return { settings: settingsDataJson(call.settings) }
    case 'transferOwnership':
      return { new_owner: call.newOwner }
    case 'upgradeToAndCall':
      return { implementation: call.implementation, data: bytesToHex(call.data) }
    default:
      return {}
  }
}

/** The names of `cluster view`; `extra` is shown as the network would apply it. */
export function settingsDataJson({ maxOperatorDataBytes, minOperators, extra }: EncodedSettings): SettingsDataJson {
  const limits = { max_operator_data_bytes: maxOperatorDataBytes, min_operators: minOperators }
  const { content, reason } = readSettings(extra)
  if (content === null) return { ...limits, corrupted: true, reason, data_bytes: extra.length }
  return {
    ...limits,
    ...Object.fromEntries(Object.entries(content.settings).map(([n, value]) => [snakeCase(n), value])),
  }
}

function operatorJson(operator: Address, data: Uint8Array, key: EncryptionKey | null) {
  return { operator, data: operatorDataJson(data, key) }
}

/** `addresses` is only there when no encryption key was given. */
function operatorDataJson(data: Uint8Array, key: EncryptionKey | null) {
  const { content, reason } = readOperatorData(data)
  if (content === null) return { corrupted: true, reason, data_bytes: data.length }
  return {
    name: content.name,
    nodes: content.nodes.map((node) => nodeJson(node, key)),
    clients: content.clients.map(clientJson),
    data_bytes: data.length,
    data_schema: content.schema,
    trailing_bytes: content.trailingBytes,
    ...(key === null ? { addresses: 'encrypted' as const } : {}),
  }
}

function reading<T>(read: () => T): Reading<T> {
  try {
    return { content: read(), reason: null }
  } catch (error) {
    if (error instanceof WcnError && error.code === 'DATA_UNDECODABLE') return { content: null, reason: error.message }
    throw error
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
