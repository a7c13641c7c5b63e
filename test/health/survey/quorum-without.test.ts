/** Whose replicas count while one operator's database is away. */
import { expect, it } from 'vitest'
import type { NodeStanding, NodeState } from '../../../src/health/model/node-standing.js'
import { UNTOLD } from '../../../src/health/model/node-standing.js'
import { knownWithout, quorumWithout } from '../../../src/health/survey/quorum-without.js'
import { snapshotAt } from '../../support/cluster-at.js'
import { peerId } from '../../support/nodes.js'

const standing = (state: NodeState, values: Partial<NodeStanding> = {}): NodeStanding => ({
  ...{ index: 0, peerId: peerId(0), ...UNTOLD, state, problem: null },
  ...values,
})
type States = readonly (NodeState | NodeStanding | null)[]

const standings = (...states: States) =>
  new Map(
    states.map((state, slot) => [slot, state === null ? null : [typeof state === 'string' ? standing(state) : state]]),
  )
const known = (...states: States) => {
  const { live, unknown } = knownWithout(standings(...states), 0)
  return { live: [...live], unknown: [...unknown] }
}

it('counts on those that answer and have a database', () => {
  const noDatabase = standing('up', { database: false })
  expect(known('up', 'up', 'one-port', noDatabase, null)).toEqual({ live: [0, 1, 2], unknown: [] })
  expect(known('up', 'up', 'silent', 'unknown', 'not-asked')).toEqual({ live: [0, 1], unknown: [3] })
})

it('knows nothing of the silent where nobody else is heard', () => {
  expect(known('up', 'silent', 'silent', 'refusing', 'not-asked')).toEqual({ live: [0], unknown: [1, 2] })
  expect(known('silent', 'silent', 'silent', 'silent', 'silent')).toEqual({ live: [], unknown: [1, 2, 3, 4] })
})

it.each([
  ['all are up', ['up', 'up', 'up', 'up', 'up'], 0, 0],
  ['three others are up', ['up', 'up', 'up', 'up', 'refusing'], 0, 0],
  ['it is the third', ['up', 'up', 'up', 'silent', 'silent'], 65_536, 0],
  ['nothing is known of one who is needed', ['up', 'up', 'up', 'unknown', 'silent'], 65_536, 0],
  ['nobody else is heard, which may be this machine', ['up', 'silent', 'silent', 'silent', 'silent'], 65_536, 0],
  ['the keys are lost already', ['up', 'up', 'refusing', 'refusing', 'refusing'], 0, 65_536],
  [
    'others are placeholders, as in a new deployment',
    ['up', 'not-asked', 'not-asked', 'not-asked', 'not-asked'],
    0,
    65_536,
  ],
  ['its own is down already', ['refusing', 'up', 'up', 'up', 'silent'], 0, 0],
] as const)('where %s', async (_, states, lost, without) => {
  const surveyor = { survey: async () => standings(...states) }
  expect(await quorumWithout(surveyor, snapshotAt(), 0)).toEqual({ stored: 65_536, lost, without })
})
