/** Whom a node dials: all nodes on chain, and its database. */
import { bytesToHex } from '../../base/hex.js'
import type { Ipv4 } from '../../base/ipv4.js'
import { parseIpv4 } from '../../base/ipv4.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { plainNodes } from '../../cluster/plain-node.js'
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

/** Of a view that many share: by the key, and by the address that is dialled elsewhere. */
const known = new WeakMap<ClusterView, Map<string, readonly PeerServer[]>>()

/**
 * Nodes at `PUBLIC_ADDRESS` are dialled at 127.0.0.1: docs/dev/network/node-protocol.md, "Environment that wcn_db and wcn_node
 * read". The same list for the same view.
 */
export function peerServers(view: ClusterView, environment: NodeEnvironment): readonly PeerServer[] {
  const { encryptionKey, publicAddress } = environment
  const ofView = known.get(view) ?? new Map<string, readonly PeerServer[]>()
  known.set(view, ofView)
  const name = `${bytesToHex(encryptionKey.reveal())} ${publicAddress}`
  const found = ofView.get(name)
  if (found) return found
  const stored = view.operators.flatMap(({ decoded }) => decoded?.nodes ?? [])
  const all = plainNodes(stored, encryptionKey).flatMap((node) =>
    servers(node.ipv4Addr === publicAddress ? LOCALHOST : node.ipv4Addr, node, [['Replica'], ['Replica', 'Metrics']]),
  )
  ofView.set(name, all)
  return all
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
