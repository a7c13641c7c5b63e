/** Whose a peer ID is. */
import { expect, it } from 'vitest'
import { whosePeerId } from '../../../src/health/model/whose-peer-id.js'
import { viewAt } from '../../support/cluster-at.js'
import { node, peerId } from '../../support/nodes.js'
import { member } from '../../support/use-real-cluster.js'

it.each([
  ['own', 1, { kind: 'own', index: 1 }],
  ["another's", 43, { kind: 'other', operator: member(2), name: 'two', index: 1 }],
  ["nobody's", 60, { kind: 'nobody' }],
])('%s', (_, n, owner) => {
  expect(whosePeerId(viewAt(), member(0))(peerId(n))).toEqual(owner)
})

it('counts as own whatever own list it is on', () => {
  const twice = viewAt({ nodes: [node(0), node(44)] })
  expect(whosePeerId(twice, member(0))(peerId(44))).toEqual({ kind: 'own', index: 1 })
  expect(whosePeerId(twice, member(3))(peerId(44))).toEqual({ kind: 'own', index: 0 })
})

it('is not taken in by names of objects', () => {
  expect(whosePeerId(viewAt(), member(0))('__proto__')).toEqual({ kind: 'nobody' })
})
