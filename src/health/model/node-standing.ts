/** How a node stands, in one word, where all of the cluster's are looked at, and what an operator's nodes come to. */
import type { PeerId } from '../../base/keys/peer-id.js'
import type { PortDiagnosis } from './port-health.js'

/**
 * `up`: it answers as itself; `one-port`: at one of its two ports only; `unwell`: it proves itself, and its RPC server says
 * nothing, or what none would; `somebody-else`: another key or another protocol answers; `refusing`: the host or the node
 * says that nobody is served there; `silent`: no answer; `unknown`: it could not be found out; `not-asked`: nothing was sent.
 */
export type NodeState = 'up' | 'one-port' | 'unwell' | 'somebody-else' | 'refusing' | 'silent' | 'unknown' | 'not-asked'

/** Nulls: not told. */
export interface NodeStanding {
  readonly index: number
  readonly peerId: PeerId
  readonly state: NodeState
  /** What was met instead, in a sentence that follows its name; null where it is up. */
  readonly problem: string | null
  readonly softwareVersion: number | null
  /** Versions behind the chain's; 0 = caught up. */
  readonly clusterBehind: number | null
  readonly keyspaceBehind: number | null
  /** Whether it says that it sees its database. */
  readonly database: boolean | null
  readonly databaseVersion: number | null
}

export const UNTOLD = {
  softwareVersion: null,
  clusterBehind: null,
  keyspaceBehind: null,
  database: null,
  databaseVersion: null,
} as const

/** What a port's diagnosis makes of its node. */
export const STATE_OF: Readonly<Record<PortDiagnosis, NodeState>> = {
  ok: 'up',
  swapped: 'up',
  unproven: 'unknown',
  closed: 'refusing',
  silent: 'silent',
  'tcp-only': 'silent',
  unreachable: 'unknown',
  'not-quic': 'somebody-else',
  'not-libp2p': 'somebody-else',
  'handshake-unfinished': 'silent',
  'other-own-node': 'somebody-else',
  'other-operator': 'somebody-else',
  stranger: 'somebody-else',
  'rpc-silent': 'unwell',
  'rpc-garbage': 'unwell',
}

export function answersAsItself({ state }: Pick<NodeStanding, 'state'>): boolean {
  return state === 'up' || state === 'one-port'
}

/** Null where it does not say. */
export function isCaughtUp({ clusterBehind, keyspaceBehind }: NodeStanding): boolean | null {
  if ((clusterBehind ?? 0) > 0 || (keyspaceBehind ?? 0) > 0) return false
  return clusterBehind === null || keyspaceBehind === null ? null : true
}

/**
 * `up`: all is well; `partly`: it serves, and something of it is not well; `behind`: no node of it knows the keyspace;
 * `no-database`: none sees the database; `down`: none answers as itself; `unknown`: that could not be found out;
 * `not-asked`: it has no node that anybody could ask.
 */
export type OperatorState = 'up' | 'partly' | 'behind' | 'no-database' | 'down' | 'unknown' | 'not-asked'

/** `nodes` null: its data on chain can't be decoded, by the network's nodes neither. */
export function operatorState(nodes: readonly NodeStanding[] | null): OperatorState {
  if (nodes === null || nodes.every(({ state }) => state === 'not-asked')) return 'not-asked'
  const answering = nodes.filter(answersAsItself)
  if (answering.length === 0) return nodes.some(({ state }) => state === 'unknown') ? 'unknown' : 'down'
  if (answering.every(({ keyspaceBehind }) => (keyspaceBehind ?? 0) > 0)) return 'behind'
  if (answering.every(({ database }) => database === false)) return 'no-database'
  const isWell = (node: NodeStanding) => node.state === 'up' && isCaughtUp(node) !== false && node.database !== false
  return nodes.every(isWell) ? 'up' : 'partly'
}

/** Whether an operator's replicas can be counted on; null where that could not be found out. */
export function isLive(state: OperatorState): boolean | null {
  return state === 'unknown' ? null : state === 'up' || state === 'partly'
}
