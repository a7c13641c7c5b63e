/** A plausible cluster for a development chain: everything a real one shows, with nodes at given places or at nobody's. */
import { parseIpv4 } from '../../base/ipv4.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { type PlainNode, storeNode } from '../../cluster/plain-node.js'

const NAMES = ['Aurora Labs', 'Bluefin', 'Cascadia Nodes', 'Drifthaus', 'Evergreen Infra'] as const
/** How many nodes a sample cluster has at most: addresses of its own for each, in one block of 256. */
export const MAX_SAMPLE_NODES = 240

/** How many clients the operator in that slot has. */
export function sampleClients(slot: number): number {
  return 1 + (slot % 2)
}

interface Keys {
  readonly nodes: readonly PeerId[]
  readonly clients: readonly PeerId[]
}
type Place = Omit<PlainNode, 'peerId'>

/** Its nodes are at `places`. */
export function sampleOperator(
  slot: number,
  { nodes, clients }: Keys,
  places: readonly Place[],
  key: EncryptionKey,
): OperatorData {
  return {
    name: sampleName(slot),
    nodes: places.flatMap((place, index) => {
      const peerId = nodes[index]
      return peerId === undefined ? [] : storeNode({ peerId, ...place }, key)
    }),
    clients: clients.map((peerId, index) => ({ peerId, namespaces: index === 0 ? [0, slot + 1] : [slot + 101] })),
  }
}

/** Nobody's: public addresses for documentation, which no probe is sent to, and private ones, by which an encryption key is proven. */
export function nobodysPlaces(slot: number, count: number): readonly Place[] {
  return Array.from({ length: count }, (_, index) => ({
    ipv4Addr: parseIpv4(`203.0.113.${10 + slot * count + index}`, 'the sample'),
    privateIpv4Addr: parseIpv4(`10.20.${slot}.${10 + index}`, 'the sample'),
    primaryPort: 3010,
    secondaryPort: 3011,
  }))
}

function sampleName(slot: number): string {
  const round = Math.floor(slot / NAMES.length)
  const name = NAMES[slot % NAMES.length] ?? ''
  return round === 0 ? name : `${name} ${round + 1}`
}
