import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wallClockSeconds } from '../../src/base/clock.js'
import { utc, utcAndAgo, utcAndLeft } from '../../src/base/utc.js'
import { thrownBy } from '../support/thrown.js'

describe('a time', () => {
  it.each([
    [1_796_056_025, '2026-11-30 16:27:05 UTC'],
    [1_796_056_025n, '2026-11-30 16:27:05 UTC'],
    [0, '1970-01-01 00:00:00 UTC'],
    [253_402_300_800, '+010000-01-01 00:00:00 UTC'],
    [8_640_000_000_000, '+275760-09-13 00:00:00 UTC'],
    [8_640_000_000_001, 'second 8640000000001'],
    [2n ** 64n - 1n, 'second 18446744073709551615'],
    [Number.NaN, 'second NaN'],
  ])('of %s is %s', (seconds, text) => expect(utc(seconds, 'second')).toBe(text))

  it('is shown to the minute', () => expect(utc(1_796_056_025)).toBe('2026-11-30 16:27 UTC'))

  it.each([
    [-1, '2026-11-30 16:27 UTC', '2026-11-30 16:27 UTC, 1 s left'],
    [0, '2026-11-30 16:27 UTC, 0 s ago', '2026-11-30 16:27 UTC'],
    [200, '2026-11-30 16:27 UTC, 3 min ago', '2026-11-30 16:27 UTC'],
    [-20_000, '2026-11-30 16:27 UTC', '2026-11-30 16:27 UTC, 5 h 33 min left'],
  ])('that was %i s ago', (seconds, ago, left) => {
    const now = 1_796_056_025 + seconds
    expect([utcAndAgo(1_796_056_025, now), utcAndLeft(1_796_056_025n, now)]).toEqual([ago, left])
  })

  it('is one of some kind, whatever the number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.bigInt()), (seconds) => {
        expect(utc(seconds)).toMatch(/UTC$|^second /)
      }),
    )
  })
})

describe('the clock of a machine', () => {
  it('is believed as far as calendars go', () => {
    for (const ms of [0, 1_796_056_025_999, 253_402_300_799_999])
      expect(wallClockSeconds(ms)).toBe(Math.floor(ms / 1000))
  })

  it.each([-1, 253_402_300_800_000, 1e300, Number.POSITIVE_INFINITY, Number.NaN])('and no further: %s', (ms) => {
    expect(thrownBy(() => wallClockSeconds(ms)).code).toBe('CLOCK_WRONG')
  })
})
