/** Whom a node dials: all nodes on chain, and its database. */
import { bytesToHex } from '../../base/hex.js'
import type { Ipv4 } from '../../base/ipv4.js'
import { parseIpv4 } from '../../base/ipv4.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { type PlainNode, plainNodes } from '../../cluster/plain-node.js'
import type { NodeEnvironment } from '../model/service-environment.js'
import type { Dialled } from './lookout.js'

/** A server, and what is opened there. */
export interface PeerServer extends Dialled {
  readonly apis: readonly string[]
}

interface Pair {
  readonly peerId: PeerId
  readonly primaryPort: number
  readonly secondaryPort: number
}

/** Nodes at `PUBLIC_ADDRESS` are dialled at 127.0.0.1: docs/dev/network/node-protocol.md, "Environment that wcn_db and wcn_node read". */
export function peerServers(view: ClusterView, environment: NodeEnvironment): readonly PeerServer[] {
  const { encryptionKey, publicAddress } = environment
  const at = (host: Ipv4) => (host === publicAddress ? LOCALHOST : host)
  return nodesOf(view, encryptionKey).flatMap((node) =>
    servers(at(node.ipv4Addr), node, [['Replica'], ['Replica', 'Metrics']]),
  )
}

export function databaseServers({ database }: NodeEnvironment): readonly PeerServer[] {
  return servers(database.host, database, [['Database'], ['Database', 'Metrics']])
}

const LOCALHOST = parseIpv4('127.0.0.1', 'loopback')

function servers(
  host: Ipv4,
  { peerId, primaryPort, secondaryPort }: Pair,
  [primary, secondary]: readonly [readonly string[], readonly string[]],
): readonly PeerServer[] {
  return [
    { host, port: primaryPort, peerId, apis: primary },
    { host, port: secondaryPort, peerId, apis: secondary },
  ]
}

/** Of a view that many share, by the key. */
const known = new WeakMap<ClusterView, Map<string, readonly PlainNode[]>>()

function nodesOf(view: ClusterView, key: EncryptionKey) {
  const ofView = known.get(view) ?? new Map<string, readonly PlainNode[]>()
  known.set(view, ofView)
  const name = bytesToHex(key.reveal())
  const nodes =
    ofView.get(name) ??
    plainNodes(
      view.operators.flatMap(({ decoded }) => decoded?.nodes ?? []),
      key,
    )
  ofView.set(name, nodes)
  return nodes
}
