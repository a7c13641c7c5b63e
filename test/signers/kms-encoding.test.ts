/** Signatures and public keys as KMS encodes them. */
import fc from 'fast-check'
import { privateKeyToAccount, sign } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../../src/base/hex.js'
import { addressOfSpki, ethereumSignature } from '../../src/signers/kms-encoding.js'
import { encodeDer } from '../support/kms-stand-in.js'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const SPKI_PREFIX = '3056301006072a8648ce3d020106052b8104000a034200'

const privateKeys = fc
  .bigInt({ min: 1n, max: ORDER - 1n })
  .map((scalar): Hex => `0x${scalar.toString(16).padStart(64, '0')}`)
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex)

async function signed(privateKey: Hex, hash: Hex) {
  const { r, s } = await sign({ hash, privateKey })
  const account = parseAddress(privateKeyToAccount(privateKey).address, 'test')
  return { r: BigInt(r), s: BigInt(s), account }
}

describe('a signature', () => {
  it('comes out the same from either s', () =>
    fc.assert(
      fc.asyncProperty(privateKeys, digests, async (privateKey, hash) => {
        const { r, s, account } = await signed(privateKey, hash)
        const expected = await sign({ hash, privateKey, to: 'hex' })
        expect(ethereumSignature(encodeDer(r, s), hash, account)).toBe(expected)
        expect(ethereumSignature(encodeDer(r, ORDER - s), hash, account)).toBe(expected)
      }),
      { numRuns: 25 },
    ))

  it('with any byte changed is none', () =>
    fc.assert(
      fc.asyncProperty(
        privateKeys,
        digests,
        fc.nat(200),
        fc.integer({ min: 1, max: 255 }),
        async (key, hash, at, flip) => {
          const { r, s, account } = await signed(key, hash)
          const der = encodeDer(r, s)
          const index = at % der.length
          der[index] = (der[index] ?? 0) ^ flip
          expect(ethereumSignature(der, hash, account)).toBeNull()
        },
      ),
      { numRuns: 50 },
    ))

  it('is none in any other encoding, of any other length, and by anybody else', async () => {
    const key: Hex = `0x${'11'.repeat(32)}`
    const hash: Hex = `0x${'22'.repeat(32)}`
    const { r, s, account } = await signed(key, hash)
    const der = encodeDer(r, s)
    expect(ethereumSignature(der, hash, account)).not.toBeNull()
    for (let length = 0; length < der.length; length++)
      expect(ethereumSignature(der.subarray(0, length), hash, account)).toBeNull()
    expect(ethereumSignature(Buffer.concat([der, Buffer.from([0])]), hash, account)).toBeNull()
    expect(ethereumSignature(hexToBytes(await sign({ hash, privateKey: key, to: 'hex' })), hash, account)).toBeNull()
    expect(ethereumSignature(der, hash, parseAddress(`0x${'12'.repeat(20)}`, 'test'))).toBeNull()
    expect(ethereumSignature(encodeDer(0n, s), hash, account)).toBeNull()
    expect(ethereumSignature(encodeDer(r, 0n), hash, account)).toBeNull()
    expect(ethereumSignature(encodeDer(r, s + ORDER), hash, account)).toBeNull()
  })

  it('of arbitrary bytes is none', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), digests, (bytes, hash) => {
        expect(ethereumSignature(bytes, hash, parseAddress(`0x${'12'.repeat(20)}`, 'test'))).toBeNull()
      }),
    ))
})

describe('a public key', () => {
  it('has the address of its point', () =>
    fc.assert(
      fc.property(privateKeys, (privateKey) => {
        const { publicKey, address } = privateKeyToAccount(privateKey)
        expect(addressOfSpki(hexToBytes(`${SPKI_PREFIX}${publicKey.slice(2)}`))).toBe(address.toLowerCase())
      }),
      { numRuns: 25 },
    ))

  it('in any other frame is none', () => {
    const { publicKey } = privateKeyToAccount(`0x${'11'.repeat(32)}`)
    const spki = hexToBytes(`${SPKI_PREFIX}${publicKey.slice(2)}`)
    for (let at = 0; at <= 23; at++) {
      const other = Uint8Array.from(spki)
      other[at] = (other[at] ?? 0) ^ 1
      expect(addressOfSpki(other)).toBeNull()
    }
    expect(addressOfSpki(spki.subarray(0, -1))).toBeNull()
    expect(addressOfSpki(Buffer.concat([spki, Buffer.from([0])]))).toBeNull()
    expect(addressOfSpki(new Uint8Array())).toBeNull()
  })
})
