import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeStatus, encodeOpening, STATUS_BYTES } from '../../../src/peer/protocol/rpc.js'

const status = (value: number) => {
  const bytes = Buffer.alloc(STATUS_BYTES)
  bytes.writeInt32BE(value)
  return decodeStatus(bytes)
}

describe('opening an API', () => {
  it('is the version and the name, padded', () => {
    const opening = Buffer.from(encodeOpening('Cluster2'))
    expect(opening.toString('hex')).toBe(`00000000${Buffer.from('Cluster2').toString('hex')}0000000000000000`)
    expect(encodeOpening('Metrics')).toHaveLength(20)
  })

  it.each([0, -1, -2, -1000, -1001, -1255])('status %i is of the protocol', (value) => {
    expect(status(value)).toEqual(value === 0 ? { kind: 'accepted' } : { kind: 'refused', status: value })
  })

  it.each([1, -3, -999, -1256, 2 ** 31 - 1, -(2 ** 31)])('status %i is not', (value) => {
    expect(status(value)).toEqual({ kind: 'garbage', reason: `its status ${value} is none of the protocol` })
  })

  it('any bytes are a status or garbage, wherever they lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.nat(8), (bytes, from) => {
        const part = bytes.subarray(from)
        const { kind } = decodeStatus(part)
        expect(kind === 'garbage' || part.length === STATUS_BYTES).toBe(true)
      }),
    )
  })
})
