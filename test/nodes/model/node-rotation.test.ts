import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import type { OperatorData } from '../../../src/cluster/codec/operator-data.js'
import { type PlainNode, plainNode, sameNode, storeNode } from '../../../src/cluster/plain-node.js'
import {
  addSuccessor,
  type Rotation,
  removePredecessor,
  rotationStage,
} from '../../../src/nodes/model/node-rotation.js'
import { ip, node, peerId } from '../../support/nodes.js'
import { thrownBy } from '../../support/thrown.js'

const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
const OLD = node(1)
const NEW = node(9)
const NEW_KEY_AND_ADDRESS = { peerId: peerId(9), ipv4Addr: ip('20.0.9.1') }
const LIST = [node(0), OLD, node(2)]

const stored = (nodes: readonly PlainNode[]) => nodes.map((one) => storeNode(one, KEY))
const dataOf = (nodes: readonly PlainNode[]): OperatorData => ({ name: 'x', nodes: stored(nodes), clients: [] })
const plain = ({ nodes }: OperatorData) => nodes.map((one) => plainNode(one, KEY))
const stage = (nodes: readonly PlainNode[], selector: string, values: Partial<PlainNode>) =>
  rotationStage(stored(nodes), selector, values, KEY)
const refusal = (nodes: readonly PlainNode[], selector: string, values: Partial<PlainNode>) =>
  thrownBy(() => stage(nodes, selector, values))
const rotation: Rotation = { old: OLD, next: NEW }

describe('where a rotation is', () => {
  const sent = [...LIST, NEW]
  const finished = [node(0), NEW, node(2)]

  it.each([
    ['peer ID', peerId(1)],
    ['address', '20.0.1.1:3010'],
    ['other port', '20.0.1.1:3011'],
  ])('by %s: from the beginning to the end', (_, selector) => {
    expect(stage(LIST, selector, NEW_KEY_AND_ADDRESS)).toEqual({ kind: 'add', rotation })
    expect(stage(sent, selector, NEW_KEY_AND_ADDRESS)).toEqual({ kind: 'remove', rotation })
    expect(stage(finished, selector, NEW_KEY_AND_ADDRESS)).toEqual({ kind: 'done', index: 1 })
  })

  it('by index: an index that may have come to mean a neighbour is refused', () => {
    expect(stage(LIST, '1', NEW_KEY_AND_ADDRESS)).toEqual({ kind: 'add', rotation })
    // It was removed by hand: what is at 1 now must not go.
    const error = refusal([node(0), node(2), NEW], '1', NEW_KEY_AND_ADDRESS)
    expect(error.code).toBe('SELECTOR_AMBIGUOUS')
    expect(error.hint).toContain(`${peerId(2)} or 20.0.2.1:3010`)
    expect(refusal(sent, '1', NEW_KEY_AND_ADDRESS).code).toBe('SELECTOR_AMBIGUOUS')
    expect(stage(finished, '1', NEW_KEY_AND_ADDRESS)).toEqual({ kind: 'done', index: 1 })
  })

  it('of an address alone: both have one peer ID meanwhile', () => {
    const moved = { ...OLD, ipv4Addr: ip('20.9.9.9') }
    const values = { ipv4Addr: moved.ipv4Addr }
    for (const selector of [peerId(1), '20.0.1.1:3010']) {
      expect(stage(LIST, selector, values)).toMatchObject({ kind: 'add', rotation: { next: moved } })
      expect(stage([...LIST, moved], selector, values)).toMatchObject({ kind: 'remove', rotation: { next: moved } })
      expect(stage([node(0), moved, node(2)], selector, values)).toEqual({ kind: 'done', index: 1 })
    }
  })

  it('of a key alone, at other ports of the same address', () => {
    const values = { peerId: peerId(9), primaryPort: 4010, secondaryPort: 4011 }
    expect(stage(LIST, '20.0.1.1:3010', values).kind).toBe('add')
    expect(stage([node(0), node(9, { ...OLD, ...values })], '20.0.1.1:3010', values)).toEqual({
      kind: 'done',
      index: 1,
    })
  })

  it.each([
    ['nobody', peerId(5), { ipv4Addr: ip('20.9.9.9') }, 'SELECTOR_NO_MATCH'],
    // A slip in the port must not pass for a rotation that was finished.
    ['a port that nobody has', '20.0.1.1:3999', { ipv4Addr: ip('20.0.2.1') }, 'SELECTOR_NO_MATCH'],
    ['no such index', '7', NEW_KEY_AND_ADDRESS, 'SELECTOR_NO_MATCH'],
    ['the very ports it has', '1', { peerId: peerId(9) }, 'PORTS_COLLIDE'],
    ['one of its ports', '1', { peerId: peerId(9), primaryPort: 3011, secondaryPort: 4011 }, 'PORTS_COLLIDE'],
    ['only another private address', '1', { privateIpv4Addr: ip('10.0.0.1') }, 'PORTS_COLLIDE'],
    ['nonsense', 'abc', NEW_KEY_AND_ADDRESS, 'PEER_ID_INVALID'],
  ])('refuses: %s', (_, selector, values, code) => expect(refusal(LIST, selector, values).code).toBe(code))

  it('refuses a peer ID that two nodes have', () => {
    const error = refusal([OLD, { ...OLD, ipv4Addr: ip('20.9.9.9') }], peerId(1), NEW_KEY_AND_ADDRESS)
    expect(error.code).toBe('SELECTOR_AMBIGUOUS')
  })
})

describe('the two writes', () => {
  it('keep the neighbours where they are, and do nothing a second time', () => {
    const added = addSuccessor(dataOf(LIST), rotation, KEY)
    expect(plain(added)).toEqual([...LIST, NEW])
    expect(addSuccessor(added, rotation, KEY)).toBe(added)
    const replaced = removePredecessor(added, rotation, KEY)
    expect(plain(replaced)).toEqual([node(0), NEW, node(2)])
    expect(removePredecessor(replaced, rotation, KEY)).toBe(replaced)
  })

  it('are bound to the node as it was read', () => {
    const changed = dataOf([node(0), { ...OLD, primaryPort: 4999 }, node(2)])
    expect(thrownBy(() => addSuccessor(changed, rotation, KEY)).code).toBe('STATE_CHANGED')
    expect(plain(removePredecessor(addSuccessor(dataOf(LIST), rotation, KEY), rotation, KEY))).not.toContainEqual(OLD)
  })

  it('never remove the old one while the new one is not listed', () => {
    expect(thrownBy(() => removePredecessor(dataOf(LIST), rotation, KEY)).code).toBe('STATE_CHANGED')
  })

  it('wherever old and new are: exactly the old one goes', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 2, 3, 4, 5]), fc.nat(5), fc.nat(6), (others, oldAt, newAt) => {
        const before = others
          .map((n) => node(n))
          .toSpliced(oldAt, 0, OLD)
          .toSpliced(newAt, 0, NEW)
        const after = plain(removePredecessor(dataOf(before), rotation, KEY))
        expect(after.filter((one) => !sameNode(one, NEW))).toEqual(others.map((n) => node(n)))
        expect(after.indexOf(after.find((one) => sameNode(one, NEW)) as PlainNode)).toBeGreaterThanOrEqual(0)
        expect(after).toHaveLength(others.length + 1)
      }),
    )
  })
})
