import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Ipv4, ipv4FromBytes, ipv4ToBytes, isPrivateUse, parseIpv4, reservedRange } from '../../src/base/ipv4.js'
import { bytes } from '../support/arbitraries.js'
import { sentenceOf, thrownBy } from '../support/thrown.js'

describe('parseIpv4', () => {
  it('takes dotted quads', () => {
    for (const text of ['0.0.0.0', '255.255.255.255', '10.0.0.1', '91.221.84.118']) {
      expect(parseIpv4(text, '--ip-address')).toBe(text)
    }
  })

  it.each([
    ['', /an IPv4 address is expected/],
    [' 1.2.3.4', /white space/],
    ['1.2.3.4\n', /white space/],
    ['::1', /IPv6/],
    ['2001:db8::1', /IPv6/],
    ['[2001:db8::1]:3010', /IPv6/],
    ['fe80::1%eth0', /IPv6/],
    ['::ffff:1.2.3.4', /IPv6/],
    ['1.2.3.4:3010', /without a port/],
    ['1.2.3.0/24', /range of addresses/],
    ['010.0.0.1', /octal/],
    ['1.2.3.00', /octal/],
    ['0x7f.0.0.1', /not in hex/],
    ['0x7f000001', /not in hex/],
    ['2130706433', /1 of the 4 octets/],
    ['10.1', /2 of the 4 octets/],
    ['1.2.3.4.5', /5 of the 4 octets/],
    ['1.2.3.256', /larger than 255/],
    ['1.2.3.1000', /larger than 255/],
    ['node1.example.com', /host name/],
    ['localhost', /host name/],
    ['1.2.3.x', /host name/],
    ['1.2.3.4 5', /white space/],
    ['1.2.3.-4', /host name|not an IPv4/],
    ['1..2.3', /not an IPv4/],
    ['１.2.3.4', /not an IPv4/],
  ])('says what is wrong with %j', (text, sentence) => {
    const said = sentenceOf(() => parseIpv4(text, '--ip-address'))
    expect(said).toMatch(/^IP_ADDRESS_INVALID: --ip-address is /)
    expect(said).toMatch(sentence)
  })

  it('accepts exactly what it would print', () => {
    fc.assert(
      fc.property(bytes(4), (octets) => {
        const text = ipv4FromBytes(octets)
        expect(ipv4ToBytes(parseIpv4(text, 'x'))).toEqual(octets)
      }),
    )
    expect(thrownBy(() => ipv4FromBytes(bytesOf(5))).code).toBe('IP_ADDRESS_INVALID')
  })
})

describe('reservedRange', () => {
  it.each([
    ['0.1.2.3', 'this network'],
    ['10.0.0.0', 'private use'],
    ['100.64.0.1', 'carriers'],
    ['127.0.0.1', 'loopback'],
    ['169.254.169.254', 'link local'],
    ['172.16.0.1', 'private use'],
    ['172.31.255.255', 'private use'],
    ['192.0.0.8', 'protocol'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4'],
    ['192.168.255.255', 'private use'],
    ['198.19.255.255', 'benchmarking'],
    ['198.51.100.7', 'documentation'],
    ['203.0.113.255', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
  ])('%s is special: %s', (ip, name) => {
    expect(reservedRange(ip as Ipv4)).toContain(name)
    expect(isPrivateUse(ip as Ipv4)).toBe(name === 'private use')
  })

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
  ])('%s is publicly routable', (ip) => {
    expect(reservedRange(ip as Ipv4)).toBeNull()
    expect(isPrivateUse(ip as Ipv4)).toBe(false)
  })
})

function bytesOf(length: number): Uint8Array {
  return new Uint8Array(length)
}
