import * as noble from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex, hexToBytes } from '../../src/base/hex.js'
import { thrownBy } from '../support/thrown.js'

describe('hex', () => {
  it('writes lower case with 0x', () => {
    expect(bytesToHex(Uint8Array.of(0, 0xab, 0xff))).toBe('0x00abff')
    expect(bytesToHex(new Uint8Array())).toBe('0x')
  })

  it('reads any case, with or without 0x', () => {
    expect(hexToBytes('0x00aBfF')).toEqual(Uint8Array.of(0, 0xab, 0xff))
    expect(hexToBytes('00ABFF')).toEqual(Uint8Array.of(0, 0xab, 0xff))
    expect(hexToBytes('0x')).toEqual(new Uint8Array())
  })

  it('is what a library makes of any bytes, and of any spelling of them', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const hex = bytesToHex(bytes)
        expect(hex).toBe(`0x${noble.bytesToHex(bytes)}`)
        expect(hexToBytes(hex)).toEqual(bytes)
        expect(hexToBytes(hex.slice(2).toUpperCase())).toEqual(bytes)
      }),
    )
  })

  it.each(['0xa', 'xyz!', '0x0x00', ' 00', '0x00\n', '12ｂ1', 'İı', '0X00'])(
    'refuses %j without showing it',
    (text) => {
      const error = thrownBy(() => hexToBytes(text))
      expect(error.code).toBe('DOCUMENT_INVALID')
      expect(error.message).not.toContain(text)
    },
  )
})
