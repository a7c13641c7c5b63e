import { bytesToHex } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { privateKeyToAddress } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { addressOfKey } from '../../src/signers/address-of-key.js'
import { bytes } from '../support/arbitraries.js'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

describe('the account of a private key', () => {
  const theirs = (hex: string) => privateKeyToAddress(`0x${hex}`).toLowerCase()
  const ours = (hex: string) => addressOfKey(parseOperatorPrivateKey(hex, 'the test'))

  it("is the library's, up to both ends of the range", async () => {
    for (const scalar of [1n, 2n, ORDER - 1n]) {
      const hex = scalar.toString(16).padStart(64, '0')
      expect(await ours(hex)).toBe(theirs(hex))
    }
  })

  it("is the library's for any key", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32).map(bytesToHex), async (hex) => {
        fc.pre(BigInt(`0x${hex}`) > 0n && BigInt(`0x${hex}`) < ORDER)
        expect(await ours(hex)).toBe(theirs(hex))
      }),
    )
  })
})
