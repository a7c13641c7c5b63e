/** The view that a node answers with: the golden answer of a real one, those of the stand-ins, and anything at all. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import { answeredView } from '../../src/history/model/answered-view.js'
import { viewAt } from '../support/cluster-at.js'
import { readVectors } from '../support/vectors.js'

const golden = readVectors<{ readonly Ok: Record<string, unknown> }>('cluster-api-view').Ok
/** Of the wire: numbers where ours have bigints. */
const sent = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner)))

it('of a real node is the whole cluster', () => {
  const view = answeredView(golden)
  expect(view).toMatchObject({
    owner: '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
    ...{ version: 9n, keyspaceVersion: 0n, keyspace: [0, 1, 2, 3, 4], newKeyspace: null, pullingOperators: null },
    ...{ migration: null, maintenance: null, problems: [] },
    settings: { maxOperatorDataBytes: 4096, eventPropagationLatencyMs: 5000 },
  })
  expect(view?.operators.map(({ decoded }) => decoded?.name)).toEqual([0, 1, 2, 3, 4].map((slot) => `Operator${slot}`))
})

it.each([
  ['at rest', {}],
  ['in maintenance', { maintenance: viewAt().operators[2]?.id }],
  [
    'in a migration',
    {
      ...{ keyspaceVersion: 3n, newKeyspace: [0, 1, 2, 3], pullingOperators: [1, 3] },
      migration: { id: 2n, startedAt: 5n, abortedAt: 1n },
    },
  ],
  ['with a free slot', { operators: viewAt().operators.filter(({ slot }) => slot !== 3) }],
])('of a stand-in is what the stand-in sees: %s', (_, more) => {
  const view = { ...viewAt(), ...more } as ClusterView
  const shown = ({ problems: _problems, operators, ...rest }: ClusterView) =>
    sent({ ...rest, operators: operators.map(({ slot, id, data }) => ({ slot, id, data: [...data] })) })
  const read = answeredView(sent(clusterAnswer(view)))
  expect(read && shown(read)).toEqual(shown(view))
})

it.each(Object.keys(golden))('is none without %s', (field) => {
  const { [field]: _, ...rest } = golden
  expect(answeredView(rest)).toBeNull()
})

it('of anything is a view or none', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(golden)), fc.jsonValue(), (field, value) => {
      const view = answeredView({ ...golden, [field]: value })
      expect(view === null || view.version >= 0n).toBe(true)
    }),
  )
  fc.assert(fc.property(fc.anything(), (value) => void answeredView(value)))
})
