import { Point } from '@noble/ed25519'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeNodeSecretKey,
  keypairFromSecret,
  keypairJson,
  parseNodeSecretKey,
  signWithNodeKey,
  verifyNodeSignature,
  whyNotAPublicKey,
} from '../../../src/base/keys/node-keypair.js'
import { bytes } from '../../support/arbitraries.js'
import { thrownBy } from '../../support/thrown.js'
import { readVectors } from '../../support/vectors.js'

interface NodeKey {
  readonly secret_key: string
  readonly public_key: string
  readonly peer_id: string
}

const nodeKeys = readVectors<NodeKey[]>('node-keys')
const sample = nodeKeys[0]?.secret_key ?? ''
const seed = Buffer.from(sample, 'base64')

describe('the golden keypairs', () => {
  it('follow from their secrets', async () => {
    for (const { secret_key, public_key, peer_id } of nodeKeys) {
      const keypair = await keypairFromSecret(parseNodeSecretKey(secret_key, 'SECRET_KEY'))
      expect(keypairJson(keypair)).toEqual({ secret_key, public_key, peer_id })
      expect(Object.keys(keypairJson(keypair))).toEqual(['secret_key', 'public_key', 'peer_id'])
    }
  })

  it('do not show their secrets by accident', async () => {
    const keypair = await keypairFromSecret(parseNodeSecretKey(sample, 'SECRET_KEY'))
    expect(JSON.stringify(keypair)).not.toContain(sample)
    expect(`${keypair.secretKey}`).toBe('[redacted]')
  })
})

describe('parseNodeSecretKey', () => {
  it('takes 32 bytes of canonical base64 only', () => {
    fc.assert(
      fc.property(bytes(32), (secret) => {
        const text = Buffer.from(secret).toString('base64')
        const parsed = parseNodeSecretKey(text, 'x')
        expect(parsed.reveal()).toEqual(secret)
        expect(encodeNodeSecretKey(parsed)).toBe(text)
      }),
    )
  })

  it.each([
    ['', /is empty/],
    [`${sample}\n`, /white space/],
    [` ${sample}`, /white space/],
    [seed.toString('hex'), /64 hex digits: a node key is written in base64/],
    [`0x${seed.toString('hex')}`, /looks like an EVM private key/],
    [sample.slice(0, -1), /lacks the "="/],
    [Buffer.alloc(32, 0xff).toString('base64url'), /URL-safe/],
    [`${Buffer.alloc(32, 0xff).toString('base64url')}=`, /URL-safe/],
    [Buffer.concat([seed, seed]).toString('base64'), /64 bytes, probably a seed followed by its public key/],
    [Buffer.concat([Buffer.from('08011240', 'hex'), seed, seed]).toString('base64'), /libp2p protobuf/],
    [seed.subarray(1).toString('base64'), /31 bytes instead of 32/],
    [`${sample.slice(0, 42)}${nextLetter(sample.charAt(42))}=`, /stray bits/],
    [nodeKeys[0]?.peer_id ?? '', /is a peer ID/],
    [`{"secret_key":"${sample}"}`, /only the value of its "secret_key"/],
    ['-----BEGIN PRIVATE KEY-----', /PEM/],
    ['correct horse battery staple', /is not base64/],
  ])('refuses case %#', (text, sentence) => {
    const error = thrownBy(() => parseNodeSecretKey(text, '--secret-key-file node.key'))
    expect(error.code).toBe('KEY_INVALID')
    expect(error.message).toMatch(/^--secret-key-file node\.key /)
    expect(error.message).toMatch(sentence)
    if (text !== '') expect(`${error.message}${error.hint}`).not.toContain(text)
  })
})

describe('signatures', () => {
  it('verify for their own key, message and bytes only', async () => {
    const { secretKey, publicKey } = await keypairFromSecret(parseNodeSecretKey(sample, 'x'))
    const message = new TextEncoder().encode('I am this node')
    const signature = await signWithNodeKey(secretKey, message)
    expect(await verifyNodeSignature(publicKey, message, signature)).toBe(true)

    const flipped = Uint8Array.from(signature, (byte, i) => (i === 40 ? byte ^ 1 : byte))
    expect(await verifyNodeSignature(publicKey, message, flipped)).toBe(false)
    expect(await verifyNodeSignature(publicKey, message.subarray(1), signature)).toBe(false)
    expect(await verifyNodeSignature(publicKey, message, signature.subarray(1))).toBe(false)
    expect(await verifyNodeSignature(publicKey.subarray(1), message, signature)).toBe(false)
    const other = await keypairFromSecret(parseNodeSecretKey(nodeKeys[1]?.secret_key ?? '', 'x'))
    expect(await verifyNodeSignature(other.publicKey, message, signature)).toBe(false)
  })

  it('are never valid for a key of small order', async () => {
    // R = the neutral element and S = 0 satisfy the equation for any message when the key is the neutral element.
    const neutral = Point.ZERO.toBytes()
    const forged = Uint8Array.from([...neutral, ...new Uint8Array(32)])
    expect(await verifyNodeSignature(neutral, new Uint8Array(3), forged)).toBe(false)
  })
})

describe('whyNotAPublicKey', () => {
  it.each([
    ['0100000000000000000000000000000000000000000000000000000000000000', /small order/],
    ['ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', /small order/],
    ['0000000000000000000000000000000000000000000000000000000000000000', /small order/],
    ['0000000000000000000000000000000000000000000000000000000000000080', /small order/],
    ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', /small order/],
    ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', /small order/],
    ['0200000000000000000000000000000000000000000000000000000000000000', /not a point/],
    ['ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', /not a point/],
    ['00', /not a point/],
  ])('%s', (hex, why) => {
    expect(whyNotAPublicKey(Uint8Array.from(Buffer.from(hex, 'hex')))).toMatch(why)
  })

  it('has nothing against real keys', () => {
    for (const { public_key } of nodeKeys) {
      expect(whyNotAPublicKey(Uint8Array.from(Buffer.from(public_key, 'base64')))).toBeNull()
    }
  })
})

/** The next letter of the base64 alphabet: same byte, but a stray bit set. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return alphabet.charAt(alphabet.indexOf(letter) + 1)
}
