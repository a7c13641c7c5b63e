import fc from 'fast-check'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { parsePeerId, requireNodePeerId } from '../../../src/base/keys/parse-peer-id.js'
import { ed25519PeerId, peerIdFromBytes, peerIdToBytes } from '../../../src/base/keys/peer-id.js'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { anyMultihash, anyPeerId } from '../../support/arbitraries.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'
import { readVectors } from '../../support/vectors.js'

const DOCUMENT_SAMPLE = '12D3KpoWJ65FDLgFCrxHDLWkTjq7E9gdW65nwjhWJs97k4WCwxtc'
const PLACEHOLDER = '1Ajpx75B1Bj9zxvz1EnRjYi4JuHKhzSkkVLXo4wjykepLz'
const nodeKeys = readVectors<{ peer_id: string; secret_key: string; public_key: string }[]>('node-keys')
const encrypted = readVectors<{ peer_id: string }[]>('ip-encryption')

function cidOf(multihash: Uint8Array, codec = 0x72): CID {
  return CID.createV1(codec, Digest.decode(multihash))
}

describe('parsePeerId', () => {
  it('takes every kind of peer ID of the golden data', () => {
    for (const { peer_id } of [...nodeKeys, ...encrypted]) expect(parsePeerId(peer_id, 'x')).toBe(peer_id)
    expect(parsePeerId(DOCUMENT_SAMPLE, 'x')).toBe(DOCUMENT_SAMPLE)
    expect(parsePeerId(PLACEHOLDER, 'x')).toBe(PLACEHOLDER)
  })

  it('takes what the network accepts, as base58btc or as any CIDv1, and gives base58btc', () => {
    fc.assert(
      fc.property(anyPeerId, (id) => {
        const cid = cidOf(peerIdToBytes(id))
        for (const text of [cid.toString(), cid.toString(base36), cid.toString(base58btc)]) {
          expect(parsePeerId(text, 'x')).toBe(id)
        }
        if (/^[1Q]/.test(id)) expect(parsePeerId(id, 'x')).toBe(id)
      }),
    )
  })

  it('takes IDs whose bytes happen to be an URL for what they are', () => {
    const digest = new TextEncoder().encode('http://127.0.0.1:3010/')
    const id = peerIdFromBytes(Uint8Array.from([0, digest.length, ...digest]))
    expect(parsePeerId(id, 'x')).toBe(id)
    expect(parsePeerId(cidOf(peerIdToBytes(id)).toString(), 'x')).toBe(id)
  })

  it('refuses CIDs of anything else, and multihashes the network refuses', () => {
    const { peer_id } = nodeKeys[0] ?? { peer_id: '' }
    const multihash = peerIdToBytes(parsePeerId(peer_id, 'x'))
    for (const codec of [0x70, 0x55, 0x0920]) {
      expect(sentenceOf(() => parsePeerId(cidOf(multihash, codec).toString(), 'x'))).toMatch(/no CIDv1 of a libp2p key/)
    }
    const tooLong = Uint8Array.from([0, 43, ...new Uint8Array(43)])
    expect(sentenceOf(() => parsePeerId(cidOf(tooLong).toString(), 'x'))).toMatch(/longer than the 42/)
    expect(sentenceOf(() => parsePeerId(base58btc.baseEncode(tooLong), 'x'))).toMatch(/longer than the 42/)
    expect(sentenceOf(() => parsePeerId(base58btc.baseEncode(Uint8Array.of(0, 1, 2, 3)), 'x'))).toMatch(/but 2 follow/)
  })

  it.each([
    ['', /it is empty/],
    [` ${PLACEHOLDER}`, /white space/],
    [`${nodeKeys[0]?.peer_id}\n`, /white space/],
    [nodeKeys[0]?.peer_id.slice(0, -1), /bytes are not a peer ID/],
    [`${nodeKeys[0]?.peer_id.slice(0, 20)}0${nodeKeys[0]?.peer_id.slice(21)}`, /"0" does not occur in base58btc/],
    [`/ip4/1.2.3.4/udp/3010/quic-v1/p2p/${nodeKeys[0]?.peer_id}`, /multiaddress/],
    ['0x4a7269c02dd694907e5a1d33ae26332c45941c44', /EVM address/],
    ['Acme', /start with 1 or Qm/],
    ['bafzaajaiaejcbkui', /said to have 36 bytes, but 6 follow/],
    ['bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi', /no CIDv1/],
    ['z', /not a peer ID/],
    ['1'.repeat(10_000), /10000 characters are too many/],
  ])('says what is wrong: case %#', (text, sentence) => {
    const said = sentenceOf(() => parsePeerId(text ?? '', '--peer-id'))
    expect(said).toMatch(/^PEER_ID_INVALID: --peer-id is /)
    expect(said).toMatch(sentence)
  })

  it('keeps a secret given by mistake to itself', () => {
    for (const { secret_key } of nodeKeys) {
      const hex = Buffer.from(secret_key, 'base64').toString('hex')
      for (const text of [secret_key, hex, `0x${hex}`]) {
        const error = thrownBy(() => parsePeerId(text, '--peer-id'))
        expect(error.message).toMatch(/looks like (a base64 key|hex)/)
        expect(JSON.stringify([error.message, error.hint, error.details, String(error.cause)])).not.toContain(text)
      }
    }
  })

  it('throws nothing but its own error', () => {
    const start = fc.constantFrom('', '1', 'Qm', 'bafz', 'k51qzi5uqu5', 'z', '12D3KooW')
    const base58 = fc.string({ unit: fc.constantFrom(...'123456789ABCDEFabcdefghxyz'), maxLength: 120 })
    fc.assert(
      fc.property(start, fc.oneof(fc.string(), base58), (prefix, rest) => {
        try {
          expect(peerIdToBytes(parsePeerId(prefix + rest, 'x')).length).toBeGreaterThan(1)
        } catch (error) {
          expect(error).toBeInstanceOf(WcnError)
        }
      }),
    )
  })
})

describe('requireNodePeerId', () => {
  it('passes real nodes', () => {
    for (const { peer_id } of nodeKeys) {
      expect(requireNodePeerId(parsePeerId(peer_id, 'x'), '--peer-id')).toBe(peer_id)
    }
  })

  it("refuses the onboarding document's sample and says why", () => {
    const error = thrownBy(() => requireNodePeerId(parsePeerId(DOCUMENT_SAMPLE, 'x'), '--peer-id'))
    expect(error.code).toBe('PEER_ID_NOT_A_KEY')
    expect(error.message).toMatch(
      /no node can ever authenticate: the 36 bytes inside \(08013e..…\) are no ed25519 public key/,
    )
    expect(error.details).toEqual({ peer_id: DOCUMENT_SAMPLE, kind: 'no-key' })
  })

  it.each([
    [PLACEHOLDER, /the 32 bytes inside .* are no ed25519 public key/],
    ['16Uiu2HAm', /secp256k1/],
    ['Qm', /hash of a key/],
  ])('refuses %s…', (start, sentence) => {
    const id = [PLACEHOLDER, ...encrypted.map((line) => line.peer_id)].find((text) => text.startsWith(start)) ?? ''
    expect(sentenceOf(() => requireNodePeerId(parsePeerId(id, 'x'), '--peer-id'))).toMatch(sentence)
  })

  it('refuses keys that are no points or of small order', () => {
    const key = (first: number) => ed25519PeerId(Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? first : 0)))
    expect(sentenceOf(() => requireNodePeerId(key(1), 'x'))).toMatch(/^PEER_ID_NOT_A_KEY: .*small order/)
    expect(sentenceOf(() => requireNodePeerId(key(2), 'x'))).toMatch(/not a point of the ed25519 curve/)
  })

  it('passes exactly what starts like an ed25519 key and is a point', () => {
    fc.assert(
      fc.property(anyMultihash.map(peerIdFromBytes), (id) => {
        expect(thrownBy(() => requireNodePeerId(id, 'x')).code).toBe('PEER_ID_NOT_A_KEY')
      }),
    )
  })
})
