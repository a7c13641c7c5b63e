/** The whole cluster as a node's provider shows it: the answer of `Cluster2` RPC 0 (docs/dev/network/node-protocol.md). */

import { ZERO_ADDRESS } from '../../base/address.js'
import { bytesToHex } from '../../base/hex.js'
import { isRecord } from '../../base/is-record.js'
import {
  type ClusterView,
  clusterView,
  MAX_OPERATORS,
  MIN_OPERATORS,
  type RawClusterView,
} from '../../cluster/cluster-view.js'
import { addressOf, bytesOf, parseClusterAnswer, versionOf } from '../../health/model/provider-health.js'

/** Null for what is no view of a cluster. `value` is what JSON gave. */
export function answeredView(value: unknown): ClusterView | null {
  const known = parseClusterAnswer(value)
  if (known === null || !isRecord(value)) return null
  const { settings, keyspaces, migration, maintenance } = value
  const extra = isRecord(settings) ? bytesOf(settings.extra) : null
  const bytes = isRecord(settings) ? versionOf(settings.max_node_operator_data_bytes) : null
  const masks = Array.isArray(keyspaces) ? keyspaces.map(keyspaceOf) : []
  const moving = migrationOf(migration)
  const holder = isRecord(maintenance) ? maintenance.slot : undefined
  const slot = holder === null ? ZERO_ADDRESS : addressOf(holder)
  if (extra === null || bytes === null || moving === null || slot === null || masks.length !== 2) return null
  if (!masks.every((mask) => mask !== null)) return null
  return clusterView({
    owner: known.owner,
    // The minimum is not told: none that the network takes is lower.
    settings: { maxOperatorDataBytes: Number(bytes), minOperators: MIN_OPERATORS, extra: bytesToHex(extra) },
    version: known.version,
    keyspaceVersion: known.keyspaceVersion,
    operatorSlots: known.operators.map((operator) =>
      operator === null ? { addr: ZERO_ADDRESS, data: '0x' } : { addr: operator.id, data: bytesToHex(operator.data) },
    ),
    keyspaces: masks,
    migration: moving,
    maintenanceSlot: slot,
  })
}

function keyspaceOf(value: unknown): RawClusterView['keyspaces'][number] | null {
  if (!isRecord(value)) return null
  const [operatorBitmask, strategy] = [maskOf(value.operators), versionOf(value.replication_strategy)]
  return operatorBitmask === null || strategy === null
    ? null
    : { operatorBitmask, replicationStrategy: Number(strategy) }
}

function migrationOf(value: unknown): RawClusterView['migration'] | null {
  if (!isRecord(value)) return null
  const [id, startedAt, abortedAt] = [value.id, value.started_at, value.aborted_at].map(versionOf)
  const pullingOperatorBitmask = maskOf(value.pulling_operators)
  if (id == null || startedAt == null || abortedAt == null || pullingOperatorBitmask === null) return null
  return { id, startedAt, abortedAt, pullingOperatorBitmask }
}

/** Of slots in any order. */
function maskOf(value: unknown): bigint | null {
  if (!Array.isArray(value)) return null
  const isSlot = (slot: unknown) =>
    typeof slot === 'number' && Number.isInteger(slot) && slot >= 0 && slot < MAX_OPERATORS
  return value.every(isSlot) ? value.reduce((mask: bigint, slot: number) => mask | (1n << BigInt(slot)), 0n) : null
}
