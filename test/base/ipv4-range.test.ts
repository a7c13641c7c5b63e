/** Ranges of addresses: which are taken, and which addresses and ranges are in them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Ipv4, ipv4FromBytes } from '../../src/base/ipv4.js'
import { cidrAround, firstIn, isPartOf, isWithin, lastIn, parseCidr, prefixBits } from '../../src/base/ipv4-range.js'
import { bytes } from '../support/arbitraries.js'
import { sentenceOf } from '../support/thrown.js'

const cidr = (text: string) => parseCidr(text, 'test')

describe('parseCidr', () => {
  it.each(['0.0.0.0/0', '10.0.0.0/8', '10.0.10.4/30', '255.255.255.255/32'])('takes %s', (text) => {
    expect(cidr(text)).toBe(text)
  })

  it.each([
    ['', /a range of addresses such as/],
    ['10.0.10.0', /a range of addresses such as/],
    ['/24', /a range of addresses such as/],
    ['10.0.10.0/', /a range of addresses such as/],
    ['10.0.10.0/08', /a range of addresses such as/],
    ['10.0.10.0/33', /a range of addresses such as/],
    ['10.0.10.0/024', /a range of addresses such as/],
    ['10.0.10.0/255.255.255.0', /a range of addresses such as/],
    ['10.0.10.5/24', /its first address would be 10\.0\.10\.0$/],
    ['128.0.0.0/0', /its first address would be 0\.0\.0\.0$/],
    ['010.0.0.0/8', /octal/],
    ['0xa.0.0.0/8', /not in hex/],
    ['10.0/8', /2 of the 4 octets/],
    ['10/8', /1 of the 4 octets/],
    ['10.0.0.0 /8', /white space/],
  ])('says what is wrong with %j', (text, sentence) => {
    expect(sentenceOf(() => cidr(text))).toMatch(sentence)
  })
})

it('a range holds its first and its last address and what is between, and no other', () => {
  const number = (octets: Uint8Array) => octets.reduce((sum, octet) => sum * 256 + octet, 0)
  fc.assert(
    fc.property(bytes(4), bytes(4), fc.integer({ min: 0, max: 32 }), (one, other, bits) => {
      const range = cidrAround(ipv4FromBytes(one), bits)
      const size = 2 ** (32 - bits)
      const isSame = Math.floor(number(one) / size) === Math.floor(number(other) / size)
      expect(isWithin(ipv4FromBytes(other), range)).toBe(isSame)
      for (const inside of [firstIn(range), lastIn(range), ipv4FromBytes(one)])
        expect(isWithin(inside, range)).toBe(true)
      expect([prefixBits(range), cidr(range)]).toEqual([bits, range])
    }),
  )
})

it('a range is part of a wider one', () => {
  expect(isPartOf(cidr('10.1.0.0/16'), cidr('10.0.0.0/8'))).toBe(true)
  expect(isPartOf(cidr('10.0.0.0/8'), cidr('10.0.0.0/8'))).toBe(true)
  expect(isPartOf(cidr('10.0.0.0/7'), cidr('10.0.0.0/8'))).toBe(false)
  expect(isPartOf(cidrAround('11.0.0.1' as Ipv4, 32), cidr('10.0.0.0/8'))).toBe(false)
})
