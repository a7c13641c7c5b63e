/** A key is recognised by it, and not found out. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, addressFromBytes } from '../../src/base/address.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { keyFingerprint } from '../../src/cluster/encryption-key-evidence.js'
import { anyEncryptionKey, bytes } from '../support/arbitraries.js'

const CONTRACT = `0x${'c0'.repeat(20)}` as Address
const key = (digits: string) => parseEncryptionKey(digits.repeat(32), 'the test')

describe('the fingerprint of a key', () => {
  it('is SHA-256 of a name for this use, the chain ID, the contract and the key', () => {
    const hash = createHash('sha256')
      .update('wcn: fingerprint of a contract encryption key, version 1\0')
      .update(Buffer.from('000000000000000a', 'hex'))
      .update(Buffer.from('c0'.repeat(20), 'hex'))
      .update(Buffer.from('42'.repeat(32), 'hex'))
    expect(keyFingerprint(key('42'), { chainId: 10, contract: CONTRACT })).toBe(`0x${hash.digest('hex')}`)
  })

  it('stays what it is: it is kept on disk', () => {
    expect(keyFingerprint(key('42'), { chainId: 10, contract: CONTRACT })).toBe(
      '0x0284719bc315649670f994021f2a3598e83268c6979a248b097c0f9b2cd2d22a',
    )
  })

  it('is another one for another key, contract or chain', () => {
    const anyPlace = fc.record({
      chainId: fc.constantFrom(1, 10, 31337, Number.MAX_SAFE_INTEGER),
      contract: bytes(20).map(addressFromBytes),
    })
    fc.assert(
      fc.property(anyEncryptionKey, anyEncryptionKey, anyPlace, anyPlace, (a, b, here, there) => {
        const same = Buffer.compare(a.reveal(), b.reveal()) === 0
        expect(keyFingerprint(a, here) === keyFingerprint(b, here)).toBe(same)
        const samePlace = here.chainId === there.chainId && here.contract === there.contract
        expect(keyFingerprint(a, here) === keyFingerprint(a, there)).toBe(samePlace)
        expect(keyFingerprint(a, here)).not.toContain(Buffer.from(a.reveal()).toString('hex'))
      }),
    )
  })
})
