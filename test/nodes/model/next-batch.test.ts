import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextBatch, type RolloutLimits, type Situation } from '../../../src/nodes/model/next-batch.js'

const situation = (values: Partial<Situation> = {}): Situation => ({
  total: 4,
  remaining: [0, 1, 2, 3],
  down: new Set(),
  primary: null,
  migrating: false,
  ...values,
})
const ONE: RolloutLimits = { batch: 1, maxUnavailable: Infinity, duringMigration: false }

it('takes one node after the other', () => {
  expect(nextBatch(situation(), ONE)).toEqual([0])
  expect(nextBatch(situation({ remaining: [2, 3] }), ONE)).toEqual([2])
  expect(nextBatch(situation({ remaining: [] }), ONE)).toEqual([])
})

it('takes those that are down already first', () => {
  expect(nextBatch(situation({ down: new Set([2]) }), ONE)).toEqual([2])
  expect(nextBatch(situation({ down: new Set([2]) }), { ...ONE, batch: 3 })).toEqual([2, 0, 1])
})

it('takes the primary node last and by itself, even where it is down', () => {
  expect(nextBatch(situation({ primary: 0 }), { ...ONE, batch: 3 })).toEqual([1, 2, 3])
  expect(nextBatch(situation({ primary: 0, down: new Set([0]) }), ONE)).toEqual([1])
  expect(nextBatch(situation({ primary: 0, remaining: [0] }), { ...ONE, batch: 3 })).toEqual([0])
})

it('never takes all of them', () => {
  expect(nextBatch(situation(), { ...ONE, batch: 4 })).toEqual([0, 1, 2])
  expect(nextBatch(situation({ down: new Set([1, 2, 3]) }), { ...ONE, batch: 4 })).toEqual([1, 2, 3])
  expect(nextBatch(situation({ total: 1, remaining: [0] }), ONE)).toEqual([])
})

it('takes none where none would be left', () => {
  expect(nextBatch(situation({ remaining: [3], down: new Set([0, 1, 2]) }), ONE)).toEqual([])
  expect(nextBatch(situation({ down: new Set([0, 1, 2, 3]) }), ONE)).toEqual([])
})

it('keeps to --max-unavailable, which counts what is down for other reasons too', () => {
  const limits = { ...ONE, batch: 3, maxUnavailable: 2 }
  expect(nextBatch(situation(), limits)).toEqual([0, 1])
  expect(nextBatch(situation({ remaining: [1, 2], down: new Set([0]) }), limits)).toEqual([1])
  expect(nextBatch(situation({ remaining: [2], down: new Set([0, 1]) }), limits)).toEqual([])
  // What is down already takes nothing from the others.
  expect(nextBatch(situation({ remaining: [1, 2], down: new Set([0, 1]) }), limits)).toEqual([1])
})

const cases = fc.integer({ min: 1, max: 8 }).chain((total) => {
  const places = [...Array(total).keys()]
  return fc.record({
    situation: fc.record({
      total: fc.constant(total),
      remaining: fc.subarray(places),
      down: fc.subarray(places).map((some) => new Set(some)),
      primary: fc.option(fc.constantFrom(...places)),
      migrating: fc.constant(false),
    }),
    limits: fc.record({
      batch: fc.integer({ min: 1, max: 9 }),
      maxUnavailable: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(Infinity)),
      duringMigration: fc.boolean(),
    }),
  })
})

it('whatever the situation: others serve, the limits hold, the order holds, and what can go on does', () => {
  fc.assert(
    fc.property(cases, ({ situation: now, limits }) => {
      const batch = nextBatch(now, limits)
      const unavailable = new Set([...now.down, ...batch])
      if (batch.length > 0) {
        expect(unavailable.size).toBeLessThan(now.total)
        expect(unavailable.size).toBeLessThanOrEqual(limits.maxUnavailable)
      }
      expect(batch.length).toBeLessThanOrEqual(limits.batch)
      expect(new Set(batch).size).toBe(batch.length)
      for (const place of batch) expect(now.remaining).toContain(place)
      if (now.primary !== null && batch.includes(now.primary)) expect(now.remaining).toEqual([now.primary])
      const left = now.remaining.filter((place) => place !== now.primary && !batch.includes(place))
      if (batch.some((place) => !now.down.has(place))) for (const place of left) expect(now.down).not.toContain(place)
      // It stops only where one more would be too many.
      const most = Math.min(limits.maxUnavailable, now.total - 1)
      if (batch.length === 0 && now.remaining.length > 0) expect(now.down.size + 1).toBeGreaterThan(most)
    }),
  )
})

it('a rollout in which every node comes up again takes each exactly once', () => {
  fc.assert(
    fc.property(cases, ({ situation: { total, primary }, limits }) => {
      fc.pre(total > 1)
      const done: number[] = []
      for (let remaining = [...Array(total).keys()]; remaining.length > 0; ) {
        const batch = nextBatch({ total, remaining, down: new Set(), primary, migrating: false }, limits)
        expect(batch).not.toEqual([])
        done.push(...batch)
        remaining = remaining.filter((place) => !batch.includes(place))
      }
      expect([...done].sort((a, b) => a - b)).toEqual([...Array(total).keys()])
      if (primary !== null) expect(done.at(-1)).toBe(primary)
    }),
  )
})
