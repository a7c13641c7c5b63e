/** A plausible cluster for a development chain: everything a real one shows, with addresses that are nobody's. */
import { type Ipv4, parseIpv4 } from '../../base/ipv4.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { storeNode } from '../../cluster/plain-node.js'

const NAMES = ['Aurora Labs', 'Bluefin', 'Cascadia Nodes', 'Drifthaus', 'Evergreen Infra'] as const
const NODES = 2
/** Two nodes per operator, each with an address of its own, in one block of 256. */
export const MAX_SAMPLE_OPERATORS = 100

/** How many peer IDs `sampleOperator` wants for the operator in that slot: its nodes' first, then its clients'. */
export function samplePeerIds(slot: number): number {
  return NODES + 1 + (slot % 2)
}

/** Public addresses for documentation, which no probe is sent to, and private ones, by which an encryption key is proven. */
export function sampleOperator(slot: number, peerIds: readonly PeerId[], key: EncryptionKey): OperatorData {
  return {
    name: sampleName(slot),
    nodes: peerIds.slice(0, NODES).map((peerId, index) =>
      storeNode(
        {
          peerId,
          ipv4Addr: publicAddress(slot, index),
          privateIpv4Addr: privateAddress(slot, index),
          primaryPort: 3010,
          secondaryPort: 3011,
        },
        key,
      ),
    ),
    clients: peerIds
      .slice(NODES)
      .map((peerId, index) => ({ peerId, namespaces: index === 0 ? [0, slot + 1] : [slot + 101] })),
  }
}

function sampleName(slot: number): string {
  const round = Math.floor(slot / NAMES.length)
  const name = NAMES[slot % NAMES.length] ?? ''
  return round === 0 ? name : `${name} ${round + 1}`
}

function publicAddress(slot: number, index: number): Ipv4 {
  return parseIpv4(`203.0.113.${10 + slot * NODES + index}`, 'the sample')
}

function privateAddress(slot: number, index: number): Ipv4 {
  return parseIpv4(`10.20.${slot}.${10 + index}`, 'the sample')
}
