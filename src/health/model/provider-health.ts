/**
 * How a node's own RPC provider does, by what the node shows of it: the answer of `Cluster2` RPC 0
 * (docs/dev/network/node-protocol.md). It names no contract, so whether it is this cluster is told by what is in it. The
 * peer may send anything.
 */

import { addressFromBytes } from '../../base/address.js'
import type { Verdict } from '../../base/check.js'
import { counted } from '../../base/counted.js'
import { equalBytes } from '../../base/hex.js'
import { isRecord } from '../../base/is-record.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { RpcAnswer } from '../../peer/node-probe.js'
import { answerOrProblem } from './answer-or-problem.js'

export interface ProviderHealth {
  /** Null where it answers; else what was met instead, in a sentence. */
  readonly problem: string | null
  /** Whether it shows this cluster; null where it shows nothing. */
  readonly sameCluster: boolean | null
  readonly clusterVersion: bigint | null
  /** Versions behind what this tool reads; 0 = not behind. */
  readonly behind: number | null
}

/** So many versions behind are what a write a moment ago makes; more are a provider that is stuck. */
const BEARABLE_LAG = 2

export function providerOfAnswer(answer: RpcAnswer, view: ClusterView): ProviderHealth {
  const found = answerOrProblem(answer, {
    error: 'its RPC provider fails:',
    timeout: 'the node does not answer in time, as when its RPC provider does not',
    closed: 'the node ends the question without an answer',
    garbage: 'the node answers in no form that is known',
    'too-large': 'the node answers with more than any cluster has',
  })
  if ('problem' in found) return providerWith(found.problem)
  const shown = parseClusterAnswer(found.value)
  if (shown === null) return providerWith('it shows no cluster, but something that this tool does not understand')
  const behind = versionsBehind(shown.version, view.version)
  return { problem: null, sameCluster: showsCluster(shown, view), clusterVersion: shown.version, behind }
}

export function providerWith(problem: string): ProviderHealth {
  return { problem, sameCluster: null, clusterVersion: null, behind: null }
}

/** 0 for what is newer. */
export function versionsBehind(theirs: bigint, ours: bigint): number {
  return theirs >= ours ? 0 : Number(ours - theirs)
}

export function providerVerdict(provider: ProviderHealth, view: ClusterView): Verdict {
  const { problem, sameCluster, clusterVersion, behind } = provider
  if (problem !== null)
    return [
      'fail',
      `its access to the chain does not work: ${problem}`,
      'look at the provider that RPC_PROVIDER_URL in its environment names, and at its log; that has to be ws:// or wss://',
    ]
  if (sameCluster === false)
    return [
      'fail',
      'works with another cluster than the one asked about',
      'compare SMART_CONTRACT_ADDRESS in its environment with `wcn config show`',
    ]
  if (behind !== null && behind > 0)
    return [
      behind > BEARABLE_LAG ? 'fail' : 'warn',
      `its RPC provider is ${counted(behind, 'version')} behind: it shows ${clusterVersion} instead of ${view.version}`,
      'after a write a moment ago that passes by itself; else take another provider for RPC_PROVIDER_URL',
    ]
  if (clusterVersion !== null && clusterVersion > view.version)
    return [
      'warn',
      `its RPC provider shows version ${clusterVersion}, which is newer than what this tool reads (${view.version})`,
      'the RPC provider of this tool lags: `wcn doctor --only providers` compares them',
    ]
  return ['pass', `its RPC provider shows this cluster at version ${clusterVersion}`]
}

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

export function addressOf(value: unknown) {
  const bytes = bytesOf(value)
  return bytes?.length === 20 ? addressFromBytes(bytes) : null
}

export function bytesOf(value: unknown): Uint8Array | null {
  if (!Array.isArray(value)) return null
  const isByte = (byte: unknown) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255
  return value.every(isByte) ? Uint8Array.from(value) : null
}

/** JSON's numbers are exact up to 2^53; no cluster gets there. */
export function versionOf(value: unknown): bigint | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null
}
