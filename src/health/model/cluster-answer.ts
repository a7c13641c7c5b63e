/**
 * What a node's own RPC provider shows: the answer of `Cluster2` RPC 0 (docs/dev/network/node-protocol.md). It names no contract,
 * so whether it is this cluster is told by what is in it. The peer may send anything.
 */
import { addressFromBytes } from '../../base/address.js'
import { equalBytes } from '../../base/equal-bytes.js'
import { isRecord } from '../../base/is-record.js'
import type { ClusterView } from '../../cluster/cluster-view.js'

export type ClusterAnswer = NonNullable<ReturnType<typeof parseClusterAnswer>>

const MAX_SLOTS = 256

/** Null for what is no view of a cluster. `value` is what JSON gave. */
export function parseClusterAnswer(value: unknown) {
  if (!isRecord(value)) return null
  const owner = addressOf(value.owner)
  const version = versionOf(value.cluster_version)
  const keyspaceVersion = versionOf(value.keyspace_version)
  const listed = value.node_operators
  if (owner === null || version === null || keyspaceVersion === null) return null
  if (!Array.isArray(listed) || listed.length > MAX_SLOTS) return null
  /** By slot; null where it is free. */
  const operators = listed.map((entry: unknown) => (entry === null ? null : operatorOf(entry)))
  return operators.every((one) => one !== undefined) ? { owner, version, keyspaceVersion, operators } : null
}

/**
 * Every step of the version changes one slot at most, so two states of one cluster differ in no more slots than their
 * versions lie apart; and an operator's data, with its encrypted addresses, is in no other cluster.
 */
export function showsCluster(answer: ClusterAnswer, view: ClusterView): boolean {
  const ours = new Map(view.operators.map((operator) => [operator.slot, operator]))
  const slots = Math.max(answer.operators.length, ...[...ours.keys()].map((slot) => slot + 1))
  let [same, different] = [0n, 0n]
  for (let slot = 0; slot < slots; slot++) {
    const [mine, theirs] = [ours.get(slot), answer.operators[slot]]
    if (!mine && !theirs) continue
    if (mine && theirs && mine.id === theirs.id && equalBytes(mine.data, theirs.data)) same++
    else different++
  }
  const apart = answer.version > view.version ? answer.version - view.version : view.version - answer.version
  if (different > apart) return false
  return same > 0n || (ours.size === 0 && answer.owner === view.owner)
}

function operatorOf(entry: unknown) {
  if (!isRecord(entry)) return undefined
  const [id, data] = [addressOf(entry.id), bytesOf(entry.data)]
  return id === null || data === null ? undefined : { id, data }
}

function addressOf(value: unknown) {
  const bytes = bytesOf(value)
  return bytes?.length === 20 ? addressFromBytes(bytes) : null
}

function bytesOf(value: unknown): Uint8Array | null {
  if (!Array.isArray(value)) return null
  const isByte = (byte: unknown) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255
  return value.every(isByte) ? Uint8Array.from(value) : null
}

/** JSON's numbers are exact up to 2^53; no cluster gets there. */
function versionOf(value: unknown): bigint | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null
}
