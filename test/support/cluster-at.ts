/** The cluster of use-real-cluster.ts without a chain: for what only reads it. */

import type { ClusterSnapshot } from '../../src/chain/chain.js'
import { type ClusterView, clusterView, type RawClusterView } from '../../src/cluster/cluster-view.js'
import type { PlainNode } from '../../src/cluster/plain-node.js'
import { node } from './nodes.js'
import { blob, member, OWN_NODES, OWNER, SETTINGS } from './use-real-cluster.js'

export interface ClusterAtOptions {
  readonly version?: bigint
  readonly keyspaceVersion?: bigint
  /** Of the operator in slot 0. */
  readonly nodes?: readonly PlainNode[]
  /** Names of the others, by slot from 1. */
  readonly others?: readonly string[]
}

const OTHERS = ['one', 'two', 'three', 'four']

export function viewAt(options: ClusterAtOptions = {}): ClusterView {
  const { version = 9n, keyspaceVersion = 0n, nodes = OWN_NODES, others = OTHERS } = options
  const raw: RawClusterView = {
    owner: OWNER,
    settings: SETTINGS,
    version,
    keyspaceVersion,
    operatorSlots: [
      { addr: member(0), data: blob('mine', nodes) },
      ...others.map((name, i) => ({
        addr: member(i + 1),
        data: blob(name, [node(40 + 2 * i), node(41 + 2 * i)]),
      })),
    ],
    keyspaces: [
      { operatorBitmask: 31n, replicationStrategy: 0 },
      { operatorBitmask: 31n, replicationStrategy: 0 },
    ],
    migration: { id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n },
    maintenanceSlot: `0x${'0'.repeat(40)}`,
  }
  return clusterView(raw)
}

export function snapshotAt(options: ClusterAtOptions = {}): ClusterSnapshot {
  return { chainId: 31337, contract: member(9), block: { number: 100, hash: '0x64' }, view: viewAt(options) }
}
