import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CONNECTION_ID_BYTES,
  encodeLook,
  isVersionNegotiation,
} from '../../../src/peer/protocol/version-negotiation.js'
import { bytes } from '../../support/arbitraries.js'

/** What a real addon's server answered to the IDs in it. */
const RECORDED = 'f6000000000800a428faa18c5d47088fd3fc6b90fb07d40a1a2a3a00000001'
const anyIds = fc.record({ destination: bytes(CONNECTION_ID_BYTES), source: bytes(CONNECTION_ID_BYTES) })

describe('looking whether QUIC is spoken', () => {
  it('is a first packet of a version that nobody has', () => {
    const ids = { destination: new Uint8Array(8).fill(0xdd), source: new Uint8Array(8).fill(0x55) }
    const datagram = Buffer.from(encodeLook(ids))
    expect(datagram).toHaveLength(1200)
    expect(datagram.subarray(0, 23).toString('hex')).toBe(`c01a2a3a4a08${'dd'.repeat(8)}08${'55'.repeat(8)}`)
  })

  it('knows the answer, which has its IDs the other way round', () => {
    const [source, destination] = [Buffer.from('00a428faa18c5d47', 'hex'), Buffer.from('8fd3fc6b90fb07d4', 'hex')]
    expect(isVersionNegotiation(Buffer.from(RECORDED, 'hex'), { source, destination })).toBe(true)
    expect(isVersionNegotiation(Buffer.from(RECORDED, 'hex'), { source: destination, destination: source })).toBe(false)
    expect(isVersionNegotiation(Buffer.from(`${RECORDED}00`, 'hex'), { source, destination })).toBe(false)
    expect(isVersionNegotiation(Buffer.from(RECORDED.slice(0, -16), 'hex'), { source, destination })).toBe(false)
    expect(isVersionNegotiation(Buffer.from(`76${RECORDED.slice(2)}`, 'hex'), { source, destination })).toBe(false)
  })

  it('takes neither its own echo nor any other bytes for an answer', () => {
    fc.assert(
      fc.property(anyIds, fc.uint8Array({ maxLength: 64 }), (ids, noise) => {
        expect(isVersionNegotiation(encodeLook(ids), ids)).toBe(false)
        expect(isVersionNegotiation(noise, ids)).toBe(false)
      }),
    )
  })
})
