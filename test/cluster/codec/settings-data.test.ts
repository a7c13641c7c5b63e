import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DEFAULT_SETTINGS,
  decodeSettingsData,
  encodeSettingsData,
  type NetworkSettings,
} from '../../../src/cluster/codec/settings-data.js'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'
import { readVectors } from '../../support/vectors.js'

interface Line {
  readonly direction: 'both' | 'decode'
  readonly extra: string
  readonly settings?: Readonly<Record<string, number>>
  readonly error?: string
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anySettings: fc.Arbitrary<NetworkSettings> = fc.record({
  eventPropagationLatencyMs: u32,
  clockSkewMs: u32,
  migrationConcurrency: fc.integer({ min: 0, max: 65535 }),
  migrationTxBandwidth: u32,
  migrationRxBandwidth: u32,
})

describe('the golden settings', () => {
  it('mean to us what they mean to the network', () => {
    for (const { direction, extra, settings, error } of readVectors<Line[]>('settings-data')) {
      if (settings === undefined) {
        expect(thrownBy(() => decodeSettingsData(fromHex(extra))).code, error).toBe('DATA_UNDECODABLE')
        continue
      }
      const decoded = decodeSettingsData(fromHex(extra))
      expect({
        event_propagation_latency_ms: decoded.settings.eventPropagationLatencyMs,
        clock_skew_ms: decoded.settings.clockSkewMs,
        migration_concurrency: decoded.settings.migrationConcurrency,
        migration_tx_bandwidth: decoded.settings.migrationTxBandwidth,
        migration_rx_bandwidth: decoded.settings.migrationRxBandwidth,
      }).toEqual({ ...settings, max_operator_data_bytes: undefined })
      if (direction === 'both') expect(Buffer.from(encodeSettingsData(decoded.settings)).toString('hex')).toBe(extra)
    }
  })
})

describe('decodeSettingsData', () => {
  it('is the inverse of encodeSettingsData and keeps entries it does not know', () => {
    const unknown = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 })
    fc.assert(
      fc.property(anySettings, unknown, (settings, entries) => {
        const encoded = encodeSettingsData(settings, entries)
        const decoded = decodeSettingsData(encoded)
        expect(decoded.settings).toEqual(settings)
        expect(decoded.unknown).toEqual(entries)
        expect(decoded.warnings.length).toBe(entries.length)
        expect(encodeSettingsData(decoded.settings, decoded.unknown)).toEqual(encoded)
      }),
    )
  })

  it('lets the default stand, with a warning, for what is missing or has a wrong size', () => {
    const decoded = decodeSettingsData(fromHex('010203000007040000002a'))
    expect(decoded.settings).toEqual({ ...DEFAULT_SETTINGS, clockSkewMs: 42 })
    expect(decoded.warnings).toEqual([
      'setting 0 (eventPropagationLatencyMs) has 3 bytes instead of 4: its default 5000 applies',
      'setting 2 (migrationConcurrency) is missing: its default 10 applies',
      'setting 3 (migrationTxBandwidth) is missing: its default 10000000 applies',
      'setting 4 (migrationRxBandwidth) is missing: its default 10000000 applies',
    ])
    expect(decodeSettingsData(fromHex('0100')).settings).toEqual(DEFAULT_SETTINGS)
  })

  it('mentions trailing bytes', () => {
    expect(decodeSettingsData(fromHex('008827f40309')).warnings).toEqual(['1 bytes after the settings are ignored'])
  })

  it.each([
    ['', /settings are empty/],
    ['02', /schema version 2/],
    ['00', /ends inside the event propagation latency/],
    ['008827', /ends inside the clock skew/],
    ['00ffffffff1f00', /more than 32 bits/],
    ['01', /ends inside the list of settings/],
    ['010104000013', /ends inside the list of settings/],
    ['01ffffffffffffffff0f', /ends inside the list of settings/],
  ])('rejects %s', (hex, sentence) => {
    expect(sentenceOf(() => decodeSettingsData(fromHex(hex)))).toMatch(sentence)
  })

  it('throws nothing but its own error', () => {
    const body = fc.uint8Array({ maxLength: 100 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), body, (schema, rest) => {
        try {
          decodeSettingsData(Uint8Array.from([schema, ...rest]))
        } catch (error) {
          expect(error).toBeInstanceOf(WcnError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('encodeSettingsData', () => {
  it.each([
    { clockSkewMs: 2 ** 32 },
    { migrationConcurrency: 65536 },
    { migrationTxBandwidth: -1 },
    { eventPropagationLatencyMs: 0.5 },
  ])('refuses %j', (change) => {
    expect(sentenceOf(() => encodeSettingsData({ ...DEFAULT_SETTINGS, ...change }))).toMatch(/^VALUE_NOT_ENCODABLE: /)
  })
})
