import { FF1 } from '@noble/ciphers/ff1.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIpv4 } from '../../../src/base/ipv4.js'
import { encryptionKeyWith, parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import { parsePeerId } from '../../../src/base/keys/parse-peer-id.js'
import { type PeerId, peerIdDigest } from '../../../src/base/keys/peer-id.js'
import { decryptIpv4, decryptIpv4s, encryptIpv4 } from '../../../src/cluster/codec/ip-encryption.js'
import { nativeAes } from '../../../src/settings/settings.js'
import { anyEncryptionKey, anyIpv4, anyPeerId } from '../../support/arbitraries.js'
import { readVectors } from '../../support/vectors.js'

interface Line {
  readonly encryption_key: string
  readonly peer_id: string
  readonly ipv4_addr: string
  readonly encrypted: string
}

const native = await nativeAes()
const WAYS = [
  ['JavaScript', parseEncryptionKey],
  ["Node's own AES", (text: string, source: string) => encryptionKeyWith(native, text, source)],
] as const

describe.each(WAYS)('the golden addresses in %s', (_, parse) => {
  it('encrypt and decrypt to the byte', () => {
    for (const line of readVectors<Line[]>('ip-encryption')) {
      const key = parse(line.encryption_key, 'x')
      const peerId = parsePeerId(line.peer_id, 'x')
      const encrypted = encryptIpv4(key, peerId, parseIpv4(line.ipv4_addr, 'x'))
      expect(Buffer.from(encrypted).toString('hex')).toBe(line.encrypted)
      expect(decryptIpv4(key, peerId, encrypted)).toBe(line.ipv4_addr)
    }
  })
})

describe('FF1', () => {
  it('decrypts what it encrypted, for peer IDs of every kind and size', () => {
    fc.assert(
      fc.property(anyEncryptionKey, anyPeerId, anyIpv4, (key, peerId, ip) => {
        expect(decryptIpv4(key, peerId, encryptIpv4(key, peerId, ip))).toBe(ip)
      }),
    )
  })

  it.each(WAYS)('of many at once is what a library gives for each, in %s', (_, parse) => {
    const anyHidden = fc.array(
      fc.record({ peerId: anyPeerId, encrypted: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), anyHidden, (bytes, hidden) => {
        const key = parse(Buffer.from(bytes).toString('hex'), 'x')
        const theirs = hidden.map(({ peerId, encrypted }) =>
          FF1(256, bytes, peerIdDigest(peerId))
            .decrypt([...encrypted])
            .join('.'),
        )
        const ours = decryptIpv4s(key, hidden)
        expect(ours).toEqual(theirs)
        expect(ours.map((ip, i) => encryptIpv4(key, hidden[i]?.peerId as PeerId, ip))).toEqual(
          hidden.map(({ encrypted }) => encrypted),
        )
      }),
    )
  })

  it('leaves key and ciphertext as they were', () => {
    const key = parseEncryptionKey('5e'.repeat(32), 'x')
    const encrypted = Uint8Array.of(1, 2, 3, 4)
    const peerId = parsePeerId('1Ajpx75B1Bj9zxvz1EnRjYi4JuHKhzSkkVLXo4wjykepLz', 'x')
    expect(decryptIpv4(key, peerId, encrypted)).toBe(decryptIpv4(key, peerId, encrypted))
    expect(encrypted).toEqual(Uint8Array.of(1, 2, 3, 4))
    expect(key.reveal()).toEqual(new Uint8Array(32).fill(0x5e))
  })
})
