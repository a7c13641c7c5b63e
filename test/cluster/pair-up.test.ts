import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reconcileNodes as reconcile } from '../../src/cluster/pair-up.js'
import { type PlainNode, sameNode } from '../../src/cluster/plain-node.js'
import { cpuClock } from '../support/cpu-time.js'
import { ip, node, peerId, placeholder } from '../support/nodes.js'

const text = (plain: PlainNode) =>
  [plain.peerId, plain.ipv4Addr, plain.privateIpv4Addr, plain.primaryPort, plain.secondaryPort].join(' ')
const reconcileNodes = (current: readonly PlainNode[], wanted: readonly PlainNode[]) => {
  const { nodes, removed } = reconcile(current, wanted)
  const changed = (from: number | null, kept: PlainNode) => from === null || text(current[from]!) !== text(kept)
  return { removed, nodes: nodes.map((entry) => ({ ...entry, changed: changed(entry.from, entry.node) })) }
}
const multiset = (nodes: readonly PlainNode[]) => nodes.map(text).sort()
const result = (current: readonly PlainNode[], wanted: readonly PlainNode[]) =>
  reconcileNodes(current, wanted).nodes.map((entry) => entry.node)

/** Few values, so that nodes often share some of them. */
const anyNode: fc.Arbitrary<PlainNode> = fc
  .record({
    peer: fc.integer({ min: 0, max: 3 }),
    host: fc.integer({ min: 1, max: 3 }),
    inner: fc.boolean(),
    port: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ peer, host, inner, port }) => ({
    peerId: peerId(peer),
    ipv4Addr: ip(`20.0.0.${host}`),
    privateIpv4Addr: inner ? ip('10.0.0.1') : null,
    primaryPort: port,
    secondaryPort: 9,
  }))
const anyList = fc.array(anyNode, { maxLength: 8 })

describe('whatever the two lists are', () => {
  it('the result is the wanted list as a multiset', () => {
    fc.assert(
      fc.property(anyList, anyList, (current, wanted) => {
        expect(multiset(result(current, wanted))).toEqual(multiset(wanted))
      }),
    )
  })

  it('keeps every node that has an equal in its place, unchanged', () => {
    fc.assert(
      fc.property(anyList, anyList, (current, wanted) => {
        const { nodes, removed } = reconcileNodes(current, wanted)
        const unchanged = nodes.filter(({ changed }) => !changed)
        for (const { from, node: kept } of unchanged) expect(text(kept)).toBe(text(current[from ?? -1]!))
        for (const one of new Set(multiset(current))) {
          const count = (list: readonly string[]) => list.filter((other) => other === one).length
          expect(count(multiset(unchanged.map((entry) => entry.node)))).toBe(
            Math.min(count(multiset(current)), count(multiset(wanted))),
          )
        }
        const places = nodes.flatMap(({ from }) => (from === null ? [] : [from]))
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
        expect(places.length + removed.length).toBe(current.length)
      }),
    )
  })

  it('a second time changes nothing', () => {
    fc.assert(
      fc.property(anyList, anyList, (current, wanted) => {
        const first = result(current, wanted)
        const again = reconcileNodes(first, wanted)
        expect(again.nodes.map((entry) => entry.node)).toEqual(first)
        expect(again.nodes.every(({ changed }) => !changed)).toBe(true)
        expect(again.removed).toEqual([])
      }),
    )
  })

  it('another order alone is no change', () => {
    const shuffled = anyList.chain((list) =>
      fc.shuffledSubarray(list, { minLength: list.length }).map((to) => [list, to]),
    )
    fc.assert(
      fc.property(shuffled, ([current = [], wanted = []]) => {
        const { nodes, removed } = reconcileNodes(current, wanted)
        expect(nodes.map((entry) => entry.node)).toEqual(current)
        expect(nodes.some(({ changed }) => changed)).toBe(false)
        expect(removed).toEqual([])
      }),
    )
  })
})

describe('matching', () => {
  const places = (current: readonly PlainNode[], wanted: readonly PlainNode[]) =>
    reconcileNodes(current, wanted).nodes.map(({ from, node: { ipv4Addr } }) => `${from}: ${ipv4Addr}`)

  it('by peer ID: a node that moved keeps its place', () => {
    expect(places([node(0), node(1)], [node(0), node(1, { ipv4Addr: ip('20.9.9.9') })])).toEqual([
      '0: 20.0.0.1',
      '1: 20.9.9.9',
    ])
  })

  it('by address and primary port: a node with a new key keeps its place', () => {
    const { nodes, removed } = reconcileNodes([node(0), node(1)], [node(1), node(7, { ipv4Addr: ip('20.0.0.1') })])
    expect(nodes.map(({ from, node: { peerId: id } }) => [from, id])).toEqual([
      [0, peerId(7)],
      [1, peerId(1)],
    ])
    expect(removed).toEqual([])
  })

  it('an equal node goes before one of the same peer ID, wherever they stand', () => {
    const moved = node(0, { primaryPort: 4010 })
    const { nodes } = reconcileNodes([moved, node(0)], [node(0), node(0, { primaryPort: 5010 })])
    expect(nodes.map(({ from, node: { primaryPort }, changed }) => [from, primaryPort, changed])).toEqual([
      [0, 5010, true],
      [1, 3010, false],
    ])
  })

  it('the peer ID goes before the address', () => {
    const current = [node(0), node(1)]
    // Two nodes swapped their hosts.
    const wanted = [node(0, { ipv4Addr: ip('20.0.1.1') }), node(1, { ipv4Addr: ip('20.0.0.1') })]
    expect(places(current, wanted)).toEqual(['0: 20.0.1.1', '1: 20.0.0.1'])
  })

  it('a peer ID that several nodes share decides nothing', () => {
    const current = [node(0), node(0, { ipv4Addr: ip('20.0.0.2') })]
    const wanted = [node(0, { ipv4Addr: ip('20.0.0.3') }), node(0, { ipv4Addr: ip('20.0.0.4') })]
    const { nodes, removed } = reconcileNodes(current, wanted)
    expect(nodes.map(({ from }) => from)).toEqual([null, null])
    expect(removed).toEqual(current)
    const one = reconcileNodes(current, [node(0, { ipv4Addr: ip('20.0.0.3') }), node(1)])
    expect(one.nodes.map(({ from }) => from)).toEqual([null, null])
  })

  it('an endpoint that several nodes share decides nothing either', () => {
    const here = node(0, { ipv4Addr: placeholder(1).ipv4Addr })
    const { nodes, removed } = reconcileNodes([placeholder(1), placeholder(2)], [here, node(1)])
    expect(nodes.map(({ from }) => from)).toEqual([null, null])
    expect(removed).toHaveLength(2)
  })

  it('new nodes come last, in the order of the wanted list', () => {
    expect(places([node(0), node(1)], [node(5), node(1), node(4), node(0)])).toEqual([
      '0: 20.0.0.1',
      '1: 20.0.1.1',
      'null: 20.0.5.1',
      'null: 20.0.4.1',
    ])
  })

  it('the same object twice is two nodes', () => {
    const twin = node(0)
    expect(result([node(0)], [twin, twin])).toHaveLength(2)
  })
})

it('takes no time that anybody would notice', () => {
  const many = (host: number) =>
    Array.from({ length: 100 }, (_, n) => node(n % 10, { ipv4Addr: ip(`20.${host}.0.${n}`) }))
  const twins = new Array<PlainNode>(100).fill(node(0))
  const spent = cpuClock()
  reconcileNodes(many(0), many(1))
  reconcileNodes(many(0), many(0).reverse())
  reconcileNodes(twins, twins)
  expect(spent()).toBeLessThan(2000)
  expect(sameNode(twins[0]!, node(0))).toBe(true)
})
