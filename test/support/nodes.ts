/** Nodes to try things with: peer IDs of the golden keys, so that they are real ones, and an address of their own. */

import { type Ipv4, parseIpv4 } from '../../src/base/ipv4.js'
import { parsePeerId } from '../../src/base/keys/parse-peer-id.js'
import { type PeerId, peerIdFromBytes } from '../../src/base/keys/peer-id.js'
import type { PlainNode } from '../../src/cluster/plain-node.js'
import { readVectors } from './vectors.js'

const keys = readVectors<{ peer_id: string }[]>('node-keys')

export function peerId(n: number): PeerId {
  const key = keys[n]
  if (!key) throw new Error(`there are ${keys.length} golden keys only`)
  return parsePeerId(key.peer_id, 'the golden keys')
}

/** As a new deployment's nodes have: 32 bytes without any key, text `1A…`. */
export function placeholderId(fill: number): PeerId {
  return peerIdFromBytes(Uint8Array.from([0, 32, ...new Array<number>(32).fill(fill)]))
}

export const ip = (text: string): Ipv4 => parseIpv4(text, 'the test')

export function node(n: number, values: Partial<PlainNode> = {}): PlainNode {
  return {
    peerId: peerId(n),
    ipv4Addr: ip(`20.0.${n}.1`),
    privateIpv4Addr: null,
    primaryPort: 3010,
    secondaryPort: 3011,
    ...values,
  }
}

export function placeholder(fill: number): PlainNode {
  return node(0, { peerId: placeholderId(fill), ipv4Addr: ip('10.0.0.0') })
}
