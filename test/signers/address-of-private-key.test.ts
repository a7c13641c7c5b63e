import { bytesToHex } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { privateKeyToAddress } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { addressOfPrivateKey } from '../../src/signers/address-of-private-key.js'
import { bytes } from '../support/arbitraries.js'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

describe('the account of a private key', () => {
  const theirs = (hex: string) => privateKeyToAddress(`0x${hex}`).toLowerCase()
  const ours = (hex: string) => addressOfPrivateKey(parseOperatorPrivateKey(hex, 'the test'))

  it("is the library's, up to both ends of the range", () => {
    for (const scalar of [1n, 2n, ORDER - 1n]) {
      const hex = scalar.toString(16).padStart(64, '0')
      expect(ours(hex)).toBe(theirs(hex))
    }
  })

  it("is the library's for any key", () => {
    fc.assert(
      fc.property(bytes(32).map(bytesToHex), (hex) => {
        fc.pre(BigInt(`0x${hex}`) > 0n && BigInt(`0x${hex}`) < ORDER)
        expect(ours(hex)).toBe(theirs(hex))
      }),
    )
  })
})
