import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  describePeerId,
  ed25519PeerId,
  ed25519PublicKeyOf,
  peerIdDigest,
  peerIdFromBytes,
  peerIdToBytes,
} from '../../../src/base/keys/peer-id.js'
import { anyMultihash, bytes } from '../../support/arbitraries.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'
import { readVectors } from '../../support/vectors.js'

interface NodeKey {
  readonly peer_id: string
  readonly peer_id_bytes: string
  readonly public_key: string
}

const nodeKeys = readVectors<NodeKey[]>('node-keys')

describe('peer IDs of the golden keypairs', () => {
  it.each(nodeKeys)('$peer_id', ({ peer_id, peer_id_bytes, public_key }) => {
    const publicKey = Uint8Array.from(Buffer.from(public_key, 'base64'))
    const id = ed25519PeerId(publicKey)
    expect(id).toBe(peer_id)
    expect(Buffer.from(peerIdToBytes(id)).toString('hex')).toBe(peer_id_bytes)
    expect(peerIdFromBytes(Uint8Array.from(Buffer.from(peer_id_bytes, 'hex')))).toBe(peer_id)
    expect(ed25519PublicKeyOf(id)).toEqual(publicKey)
    expect(describePeerId(id)).toBe('ed25519')
    expect(Buffer.from(peerIdDigest(id)).toString('hex')).toBe(peer_id_bytes.slice(4))
  })
})

describe('peerIdFromBytes', () => {
  it('is the inverse of peerIdToBytes for every legal multihash', () => {
    fc.assert(
      fc.property(anyMultihash, (multihash) => {
        expect(peerIdToBytes(peerIdFromBytes(multihash))).toEqual(multihash)
      }),
    )
  })

  it('accepts code, length and digest size exactly as the network does', () => {
    for (let code = 0; code < 256; code++) {
      for (const length of [0, 1, 41, 42, 43, 63, 64, 65, 127]) {
        const multihash = Uint8Array.from([code, length, ...new Uint8Array(length)])
        const legal = (code === 0x00 && length <= 42) || (code === 0x12 && length <= 64)
        if (legal) expect(peerIdToBytes(peerIdFromBytes(multihash))).toEqual(multihash)
        else expect(thrownBy(() => peerIdFromBytes(multihash)).code).toBe('PEER_ID_INVALID')
      }
    }
  })

  it.each([
    ['', /at least two bytes/],
    ['00', /at least two bytes/],
    ['0002aa', /said to have 2 bytes, but 1 follow/],
    ['0001aabb', /said to have 1 bytes, but 2 follow/],
    ['130100', /code 19 is neither/],
    ['800001aa', /code 128 is neither/],
    ['008100aa', /digest of 129 bytes is longer than the 42/],
    ['1241', /digest of 65 bytes is longer than the 64/],
  ])('refuses %s', (hex, sentence) => {
    const multihash = Uint8Array.from(Buffer.from(hex, 'hex'))
    expect(sentenceOf(() => peerIdFromBytes(multihash))).toMatch(sentence)
  })
})

describe('describePeerId', () => {
  it('tells the kinds apart', () => {
    const kind =
      (...start: number[]) =>
      (digest: Uint8Array) =>
        describePeerId(peerIdFromBytes(Uint8Array.from([...start, ...digest])))
    fc.assert(
      fc.property(bytes(32), (digest) => {
        expect(kind(0, 36, 8, 1, 18, 32)(digest)).toBe('ed25519')
        expect(kind(0, 37, 8, 2, 18, 33, 2)(digest)).toBe('secp256k1')
        expect(kind(0x12, 32)(digest)).toBe('rsa-or-hashed')
        expect(kind(0x12, 36, 8, 1, 18, 32)(digest)).toBe('rsa-or-hashed')
        expect(kind(0, 36, 8, 1, 0x3e, 32)(digest)).toBe('no-key')
        expect(kind(0, 37, 8, 1, 18, 32, 0)(digest)).toBe('no-key')
        expect(kind(0, 32)(digest)).toBe('no-key')
      }),
    )
  })

  it('finds a public key only where there is one', () => {
    expect(ed25519PublicKeyOf(peerIdFromBytes(Uint8Array.of(0, 0)))).toBeNull()
    expect(thrownBy(() => ed25519PeerId(new Uint8Array(33))).code).toBe('PEER_ID_INVALID')
  })
})
