/** Random values of the domain for property tests: everything that is legal on chain, odd peer IDs included. */
import fc from 'fast-check'
import { bytesToHex } from '../../src/base/hex.js'
import { type Ipv4, ipv4FromBytes } from '../../src/base/ipv4.js'
import { type EncryptionKey, parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { ed25519PeerId, type PeerId, peerIdFromBytes } from '../../src/base/keys/peer-id.js'
import type { OperatorData, StoredClient, StoredNode } from '../../src/cluster/codec/operator-data.js'

export function bytes(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length })
}

function multihash(code: number, longest: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ maxLength: longest }).map((digest) => Uint8Array.from([code, digest.length, ...digest]))
}

export const anyMultihash: fc.Arbitrary<Uint8Array> = fc.oneof(multihash(0x00, 42), multihash(0x12, 64))

export const anyPeerId: fc.Arbitrary<PeerId> = fc.oneof(bytes(32).map(ed25519PeerId), anyMultihash.map(peerIdFromBytes))

export const anyIpv4: fc.Arbitrary<Ipv4> = bytes(4).map(ipv4FromBytes)

export const anyEncryptionKey: fc.Arbitrary<EncryptionKey> = bytes(32).map((key) =>
  parseEncryptionKey(bytesToHex(key), 'the test'),
)

const anyPort = fc.integer({ min: 0, max: 65535 })

const anyStoredNode: fc.Arbitrary<StoredNode> = fc.record({
  peerId: anyPeerId,
  ipv4: bytes(4),
  privateIpv4: fc.option(bytes(4)),
  primaryPort: anyPort,
  secondaryPort: anyPort,
})

const anyStoredClient: fc.Arbitrary<StoredClient> = fc.record({
  peerId: anyPeerId,
  namespaces: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 }),
})

export const anyOperatorData: fc.Arbitrary<OperatorData> = fc.record({
  name: fc.string({ unit: 'grapheme', maxLength: 200 }),
  nodes: fc.array(anyStoredNode, { minLength: 2, maxLength: 20 }),
  clients: fc.array(anyStoredClient, { maxLength: 5 }),
})
