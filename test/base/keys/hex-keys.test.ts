/** The contract encryption key and the operator's private key. */
import { describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../../../src/base/keys/operator-key.js'
import { thrownBy } from '../../support/thrown.js'

const key = '5e35b1a2'.repeat(8)
const parsers = [
  ['SMART_CONTRACT_ENCRYPTION_KEY', parseEncryptionKey],
  ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', parseOperatorPrivateKey],
] as const

describe('32-byte hex keys', () => {
  it('are read with and without 0x, in any case', () => {
    for (const text of [key, `0x${key}`, key.toUpperCase(), `0x${key.toUpperCase()}`]) {
      expect(Buffer.from(parseEncryptionKey(text, 'x').reveal()).toString('hex')).toBe(key)
      expect(parseOperatorPrivateKey(text, 'x').reveal()).toBe(`0x${key}`)
    }
  })

  it.each([
    ['', /is empty/],
    [`${key}\n`, /white space/],
    [key.slice(1), /63 hex digits instead of 64/],
    [`${key}00`, /66 hex digits instead of 64/],
    [key.slice(0, 40), /size of an address/],
    [Buffer.from(key, 'hex').toString('base64'), /base64 key of a node/],
    ['abandon '.repeat(12).trim(), /seed phrase/],
    ['{"crypto":{}}', /keystore/],
    ['-----BEGIN EC PRIVATE KEY-----', /PEM/],
    [`${key.slice(1)}g`, /not hex digits/],
  ])('are refused, without showing them: case %#', (text, sentence) => {
    for (const [source, parse] of parsers) {
      const error = thrownBy(() => parse(text, source))
      expect(error.code).toBe('KEY_INVALID')
      expect(error.message).toMatch(sentence)
      expect(error.message.startsWith(source)).toBe(true)
      if (text !== '') expect(`${error.message}${error.hint}`).not.toContain(text)
    }
  })

  it('do not show themselves by accident', () => {
    const parsed = { a: parseEncryptionKey(key, 'x'), b: parseOperatorPrivateKey(key, 'x') }
    expect(JSON.stringify(parsed)).toBe('{"a":"[redacted]","b":"[redacted]"}')
  })
})

describe('parseOperatorPrivateKey', () => {
  it('takes scalars from 1 to the group order less 1', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const hex = (n: bigint) => n.toString(16).padStart(64, '0')
    for (const scalar of [1n, order - 1n]) {
      expect(parseOperatorPrivateKey(hex(scalar), 'x').reveal()).toBe(`0x${hex(scalar)}`)
    }
    for (const scalar of [0n, order, order + 1n, 2n ** 256n - 1n]) {
      const error = thrownBy(() => parseOperatorPrivateKey(hex(scalar), 'x'))
      expect(error.message).toMatch(/outside the range/)
      expect(error.message).not.toContain(hex(scalar))
    }
  })
})
