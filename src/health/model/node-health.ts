/** How a node is doing, as far as it can be told from outside (docs/dev/network/node-protocol.md). */
import type { Check } from '../../base/check.js'
import type { Ipv4 } from '../../base/ipv4.js'
import type { PeerId } from '../../base/keys/peer-id.js'

/** A node as it should answer. */
export interface ExpectedNode {
  /** How it is named to people: `nodes[0]`, as everywhere for a place in the operator's list, or `the new node`. */
  readonly label: string
  /** Its place in the operator's list; null where it is not on chain. */
  readonly index: number | null
  readonly peerId: PeerId
  readonly ipv4Addr: Ipv4
  readonly primaryPort: number
  readonly secondaryPort: number
}

export const PORT_DIAGNOSES = [
  'ok',
  /** Something speaks QUIC; the addon that proves who is missing here. */
  'unproven',
  'closed',
  'silent',
  'tcp-only',
  'unreachable',
  'not-quic',
  'not-libp2p',
  /** QUIC answers, and the handshake doesn't finish. */
  'handshake-unfinished',
  /** Another node of this operator answers. */
  'other-own-node',
  /** A node of another operator of the cluster. */
  'other-operator',
  /** A peer ID that is on nobody's list. */
  'stranger',
  /** The node's other RPC server answers here. */
  'swapped',
  /** The right peer ID; its RPC server says nothing. */
  'rpc-silent',
  /** The right peer ID; its RPC server answers what none would. */
  'rpc-garbage',
] as const
export type PortDiagnosis = (typeof PORT_DIAGNOSES)[number]

export interface PortHealth {
  readonly port: number
  readonly diagnosis: PortDiagnosis
  /** Who answered; null where that is not proven. */
  readonly peerId: PeerId | null
  readonly handshakeMs: number | null
  readonly rttMs: number | null
}

/** What the node's own RPC provider says at this moment, by the API `Cluster2`. */
export interface ProviderHealth {
  /** Null where it answers; else what was met instead, in a sentence. */
  readonly problem: string | null
  /** Whether it shows this cluster; null where it shows nothing. */
  readonly sameCluster: boolean | null
  readonly clusterVersion: bigint | null
  /** Versions behind what this tool reads; 0 = not behind. */
  readonly behind: number | null
}

/** A peer that the node can't reach, from two scrapes of its counters. */
export interface UnreachablePeer {
  readonly peerId: string
  readonly address: string
  /** As the node counts it: `Timeout`, `Connection`, `WrongPeerId`, … */
  readonly kind: string
  /** Failures between the two scrapes. */
  readonly failures: number
}

/** What the node says of itself. A null is what it did not say. */
export interface MetricsHealth {
  readonly source: 'quic' | 'http'
  readonly softwareVersion: number | null
  readonly totalMemoryBytes: number | null
  readonly availableMemoryBytes: number | null
  readonly clusterVersion: bigint | null
  readonly keyspaceVersion: bigint | null
  /** Versions behind the chain's; 0 = caught up. */
  readonly clusterBehind: number | null
  readonly keyspaceBehind: number | null
  /** Null where the counters were read only once. */
  readonly unreachablePeers: readonly UnreachablePeer[] | null
}

/** The node's database, asked through the node. */
export interface DatabaseHealth {
  readonly connected: boolean
  readonly softwareVersion: number | null
  readonly availableDiskBytes: number | null
  readonly totalMemoryBytes: number | null
  readonly availableMemoryBytes: number | null
  /** In a sentence; null where it is connected. */
  readonly problem: string | null
}

export interface NodeHealth {
  readonly node: ExpectedNode
  readonly primary: PortHealth
  readonly secondary: PortHealth
  readonly provider: ProviderHealth | null
  readonly metrics: MetricsHealth | null
  readonly database: DatabaseHealth | null
  /** What was found, a line each; their IDs begin with the node's label. */
  readonly checks: readonly Check[]
  /** Both ports answer as this node, their RPC servers live, and its provider shows this cluster. */
  readonly operational: boolean
  /** Whether the state it works with is the chain's; null where only its metrics could tell and they were not read. */
  readonly caughtUp: boolean | null
}
