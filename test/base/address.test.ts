import { describe, expect, it } from 'vitest'
import { addressFromBytes, checksumAddress, parseAddress, ZERO_ADDRESS } from '../../src/base/address.js'
import { hexToBytes } from '../../src/base/hex.js'
import { sentenceOf, thrownBy } from '../support/thrown.js'
import { readVectors } from '../support/vectors.js'

const { operators } = readVectors<{ operators: string[] }>('cluster-states')

describe('parseAddress', () => {
  it('takes every spelling of the same address', () => {
    for (const checksummed of operators) {
      const lower = checksummed.toLowerCase()
      const upper = `0x${lower.slice(2).toUpperCase()}`
      for (const text of [checksummed, lower, upper, checksummed.slice(2), lower.slice(2), upper.slice(2)]) {
        expect(parseAddress(text, '--operator')).toBe(lower)
      }
      expect(checksumAddress(parseAddress(lower, '--operator'))).toBe(checksummed)
    }
    expect(parseAddress(`0x${'0'.repeat(40)}`, 'x')).toBe(ZERO_ADDRESS)
  })

  it('refuses mixed case with a wrong checksum, wherever the wrong letter is', () => {
    for (const checksummed of operators) {
      const at = checksummed.search(/[A-F]/)
      const broken = checksummed.slice(0, at) + checksummed.charAt(at).toLowerCase() + checksummed.slice(at + 1)
      expect(sentenceOf(() => parseAddress(broken, '--operator'))).toMatch(/^ADDRESS_INVALID: --operator .*EIP-55/)
      expect(sentenceOf(() => parseAddress(broken.slice(2), '--operator'))).toMatch(/EIP-55/)
    }
  })

  it.each([
    ['', /is empty/],
    [' 0x4a7269c02dd694907e5a1d33ae26332c45941c44', /white space/],
    ['0x4a7269c02dd694907e5a1d33ae26332c45941c4', /39 hex digits instead of 40/],
    ['acme.eth', /names are not looked up/],
    ['12D3KooWEpnkpLyrFaedASDty5As4YSKPoCsmTT8FS1yUPgiGqva', /looks like a peer ID/],
    ['me', /SMART_CONTRACT_ADDRESS is "me", which is not an address/],
  ])('says what is wrong with %j', (text, sentence) => {
    expect(sentenceOf(() => parseAddress(text, 'SMART_CONTRACT_ADDRESS'))).toMatch(sentence)
  })

  it('recognises a private key and keeps it to itself', () => {
    const key = 'a1'.repeat(32)
    const error = thrownBy(() => parseAddress(key, '--operator'))
    expect(error.message).toMatch(/size of a private key/)
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(key)
  })
})

describe('addressFromBytes', () => {
  it('takes 20 bytes only', () => {
    const address = parseAddress(operators[0] ?? '', 'x')
    expect(addressFromBytes(hexToBytes(address))).toBe(address)
    expect(thrownBy(() => addressFromBytes(new Uint8Array(32))).code).toBe('ADDRESS_INVALID')
  })
})
