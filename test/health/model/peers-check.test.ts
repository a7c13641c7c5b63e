/** Counters of failed attempts, read twice. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unreachablePeers } from '../../../src/health/model/peers-check.js'

const errors = (count: number, address = 'a:1', kind = 'Timeout', peerId = 'p') => ({ peerId, address, kind, count })

it.each([
  ['it grows', [errors(3)], [errors(5)], [2]],
  ['it stands', [errors(3)], [errors(3)], []],
  ['it is new', [], [errors(4)], [4]],
  ['it began anew with the node', [errors(30)], [errors(1)], [1]],
  ['it is gone', [errors(3)], [], []],
  ['another kind grows', [errors(3), errors(0, 'a:1', 'Connection')], [errors(3), errors(1, 'a:1', 'Connection')], [1]],
])('%s', (_, before, after, failures) => {
  expect(unreachablePeers(before, after).map((peer) => peer.failures)).toEqual(failures)
})

it('shows the most failures first', () => {
  const after = [errors(1, 'a:1'), errors(9, 'b:1'), errors(3, 'c:1')]
  expect(unreachablePeers([], after).map(({ address }) => address)).toEqual(['b:1', 'c:1', 'a:1'])
})

it('never shows what did not fail, and not more than a thousand', () => {
  const some = fc.array(
    fc.record({
      peerId: fc.constantFrom('p', 'q', '__proto__'),
      address: fc.string({ maxLength: 3 }),
      kind: fc.constantFrom('Timeout', 'toString'),
      count: fc.nat(3),
    }),
  )
  fc.assert(
    fc.property(some, some, (before, after) => {
      expect(unreachablePeers(before, after).every(({ failures }) => failures > 0)).toBe(true)
    }),
  )
  const many = Array.from({ length: 5000 }, (_, n) => errors(1, `a:${n}`))
  expect(unreachablePeers([], many)).toHaveLength(1000)
})
