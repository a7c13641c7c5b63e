import { describe, expect, it } from 'vitest'
import { beatRequests, heardBeat, sawHead, untilNextBlockMs } from '../../src/chain/block-beat.js'
import type { JsonRpc } from '../../src/chain/rpc/json-rpc.js'
import { localRpc, no, ok } from './providers-of.js'

const T = 1_790_000_000
const shown = (number: number, time: number) =>
  ok({ number: `0x${number.toString(16)}`, hash: `0x${'ab'.repeat(32)}`, timestamp: `0x${time.toString(16)}` })

/** Of a chain with a block every two seconds, whose block 100 was seen `afterMs` after its time. */
function beating(afterMs: number): JsonRpc {
  const rpc = localRpc('a', () => no('not asked'))
  sawHead(rpc, { number: 100, time: T }, T * 1000 + afterMs)
  heardBeat(rpc, [shown(99, T - 2), shown(96, T - 8)])
  return rpc
}
const until = (rpc: JsonRpc | readonly JsonRpc[], afterMs: number) => untilNextBlockMs([rpc].flat(), T * 1000 + afterMs)

describe('the next block', () => {
  it('is told by blocks before the head', () => {
    const rpc = localRpc('a', () => no(''))
    expect(beatRequests(rpc)).toEqual([])
    sawHead(rpc, { number: 100, time: T })
    expect(beatRequests(rpc).map(({ params }) => params)).toEqual([
      ['0x63', false],
      ['0x60', false],
    ])
    sawHead(rpc, { number: 2, time: T })
    expect(beatRequests(rpc).map(({ params }) => params[0])).toEqual(['0x1', '0x0'])
  })

  it('may come a period after the head, and may take a second more', () => {
    const rpc = beating(500)
    expect(until(rpc, 500)).toBe(1500 + 200)
    expect(until(rpc, 1900)).toBe(100 + 200)
    expect(until(rpc, 2200)).toBe(200)
    // No block is shown later than the head was.
    expect(until(rpc, 2501)).toBeNull()
  })

  it('is looked for after a third of the time in which it may come, and no sooner again', () => {
    const rpc = beating(1100)
    expect(until(rpc, 1100)).toBeCloseTo(900 + 1100 / 3)
    sawHead(rpc, { number: 100, time: T }, T * 1000 + 2000 + 200)
    expect(until(rpc, 2200)).toBeCloseTo(300)
  })

  it('is known the better the more often the head is seen', () => {
    const rpc = beating(900)
    sawHead(rpc, { number: 100, time: T }, T * 1000 + 2300)
    // Its blocks are shown at least 300 ms after their time, and at most 900.
    expect(until(rpc, 2300)).toBe(200)
    sawHead(rpc, { number: 101, time: T + 2 }, T * 1000 + 2600)
    expect(until(rpc, 2700)).toBe(1600 + 200)
    expect(until(rpc, 4600)).toBe(200)
    expect(until(rpc, 4601)).toBeNull()
  })

  it('of several providers is the latest', () => {
    const [one, other] = [beating(200), beating(200)]
    sawHead(other, { number: 101, time: T + 2 }, T * 1000 + 2150)
    expect(until([one, other], 2160)).toBe(1840 + 200)
    expect(until([one, localRpc('b', () => no(''))], 300)).toBeNull()
  })

  it.each<[string, Parameters<typeof heardBeat>[1]]>([
    ['blocks are not evenly apart', [shown(99, T - 1), shown(96, T - 8)]],
    ['blocks are all of one time', [shown(99, T), shown(96, T)]],
    ['there is nothing before the head', [shown(100, T), shown(100, T)]],
    ['the provider has none of them', [ok(null), no('no such block')]],
    ['the provider answers with less', []],
    ['they are garbled', [ok({ number: 'x' }), ok('0x')]],
  ])('is not foretold where %s', (_, replies) => {
    const rpc = localRpc('a', () => no(''))
    sawHead(rpc, { number: 100, time: T }, T * 1000)
    heardBeat(rpc, replies)
    expect(until(rpc, 0)).toBeNull()
  })

  it.each([
    ['behind the chain', -400],
    ['far ahead of it', 4000],
  ])('is not foretold by a clock that is %s', (_, afterMs) => {
    const rpc = beating(afterMs)
    sawHead(rpc, { number: 100, time: T }, T * 1000 + afterMs)
    expect(until(rpc, afterMs)).toBeNull()
  })
})
