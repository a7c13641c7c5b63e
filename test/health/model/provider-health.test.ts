/** Answers of `Cluster2`: the recorded one of a real node, those of states of one cluster, and anything at all. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ClusterView } from '../../../src/cluster/cluster-view.js'
import { clusterAnswer } from '../../../src/devnet/stand-in/cluster-answer.js'
import { type ClusterAnswer, parseClusterAnswer, showsCluster } from '../../../src/health/model/provider-health.js'
import { type ClusterAtOptions, viewAt } from '../../support/cluster-at.js'
import { node } from '../../support/nodes.js'
import { readVectors } from '../../support/vectors.js'

const recorded = readVectors<{ Ok: Record<string, unknown> }>('cluster-api-view').Ok

function answerOf(view: ClusterView): ClusterAnswer {
  const wire = JSON.stringify(clusterAnswer(view), (_, value) => (typeof value === 'bigint' ? Number(value) : value))
  const answer = parseClusterAnswer(JSON.parse(wire))
  if (!answer) throw new Error('no answer')
  return answer
}

it('reads what a real node answered', () => {
  const answer = parseClusterAnswer(recorded)
  expect(answer).toMatchObject({
    owner: '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
    version: 9n,
    keyspaceVersion: 0n,
  })
  expect(answer?.operators.map((operator) => operator?.id.slice(0, 6))).toEqual([
    '0x7099',
    '0x3c44',
    '0x90f7',
    '0x15d3',
    '0x9965',
  ])
})

it.each([
  ['no version', { cluster_version: undefined }],
  ['a version that is no number', { cluster_version: '9' }],
  ['a negative version', { cluster_version: -1 }],
  ['a version beyond 2^53', { cluster_version: 2 ** 53 }],
  ['a fraction of a version', { cluster_version: 1.5 }],
  ['no keyspace version', { keyspace_version: null }],
  ['a short owner', { owner: [1, 2, 3] }],
  ['bytes above 255', { owner: new Array(20).fill(256) }],
  ['bytes below 0', { owner: new Array(20).fill(-1) }],
  ['operators that are no list', { node_operators: {} }],
  ['more slots than there are', { node_operators: new Array(257).fill(null) }],
  ['an operator without data', { node_operators: [{ id: new Array(20).fill(1) }] }],
  ['an operator that is a number', { node_operators: [7] }],
])('refuses %s', (_, values) => {
  expect(parseClusterAnswer({ ...recorded, ...values })).toBeNull()
})

it('survives anything', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      parseClusterAnswer(value)
    }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(recorded)), fc.jsonValue(), (name, value) => {
      parseClusterAnswer({ ...recorded, [name]: value })
    }),
  )
})

it.each<[string, ClusterAtOptions, boolean]>([
  ['the same state', {}, true],
  ['a version without a change of operators, such as maintenance', { version: 10n }, true],
  ['one write of mine later', { version: 10n, nodes: [node(0), node(1)] }, true],
  ['an operator more, one version later', { version: 10n, others: ['one', 'two', 'three', 'four', 'five'] }, true],
  ['an operator removed', { version: 10n, others: ['one', 'two', 'three'] }, true],
  ['earlier', { version: 8n, others: ['one', 'two', 'three', 'before'] }, true],
  ['two changes in one version', { version: 10n, others: ['ONE', 'TWO', 'three', 'four'] }, false],
  ['other data at the same version', { others: ['ONE', 'two', 'three', 'four'] }, false],
  ['nothing in common', { version: 99n, nodes: [node(9), node(10)], others: ['a', 'b', 'c', 'd'] }, false],
  ['no operators at all', { version: 99n, nodes: [node(9), node(10)], others: [] }, false],
])('%s: whether that is this cluster', (_, options, same) => {
  expect(showsCluster(answerOf(viewAt(options)), viewAt())).toBe(same)
  expect(showsCluster(answerOf(viewAt()), viewAt(options))).toBe(same)
})

it('knows a cluster without operators by its owner', () => {
  const empty = { ...viewAt(), operators: [] }
  expect(showsCluster(answerOf(empty), empty)).toBe(true)
  expect(showsCluster({ ...answerOf(empty), owner: answerOf(viewAt()).operators[0]?.id ?? empty.owner }, empty)).toBe(
    false,
  )
})
