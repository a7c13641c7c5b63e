import { describe, expect, it } from 'vitest'
import { snakeJson } from '../../src/base/snake-json.js'
import { plainPaint } from '../../src/cli/paint.js'
import { expectedNode } from '../../src/health/model/expected-node.js'
import type { NodeHealth } from '../../src/health/model/node-health.js'
import { PORT_DIAGNOSES, type PortDiagnosis } from '../../src/health/model/port-health.js'
import { nodeHealthText } from '../../src/health/view-node-health.js'
import { healthOf } from '../support/health-of.js'
import { node } from '../support/nodes.js'

const DIAGNOSES = Object.keys(PORT_DIAGNOSES) as PortDiagnosis[]

const health = (index = 0, values: Partial<NodeHealth> = {}): NodeHealth => ({
  ...healthOf(expectedNode(node(index), index)),
  ...values,
})
const table = (...healths: readonly NodeHealth[]) =>
  nodeHealthText(snakeJson(healths), plainPaint)
    .split('\n')
    .map((line) => line.split(/ {2,}/))

const METRICS = {
  source: 'quic',
  softwareVersion: 260209.1,
  totalMemoryBytes: 16 * 2 ** 30,
  availableMemoryBytes: 2.5 * 2 ** 30,
  clusterVersion: 7n,
  keyspaceVersion: 2n,
  clusterBehind: 0,
  keyspaceBehind: 0,
  unreachablePeers: null,
} as const
const DATABASE = {
  connected: true,
  softwareVersion: 260209.1,
  availableDiskBytes: 812 * 2 ** 30,
  totalDiskBytes: null,
  totalMemoryBytes: null,
  availableMemoryBytes: null,
  problem: null,
} as const

describe('nodeHealthText', () => {
  it('leaves out what is known of nobody', () => {
    expect(table(health())).toEqual([
      ['', 'node', 'address', 'primary', 'secondary', 'chain access'],
      ['up', 'nodes[0]', '20.0.0.1', '3010 ok', '3011 ok', 'ok'],
    ])
  })

  it('shows what nodes tell of themselves, and a dash for those that do not', () => {
    const told = health(0, { metrics: METRICS, database: DATABASE, caughtUp: true })
    expect(table(told, health(1))).toEqual([
      expect.arrayContaining(['chain state', 'version', 'memory', 'database']),
      expect.arrayContaining(['caught up', '260209.1', '2.5 of 16 GiB free', 'up, 812 GiB free']),
      ['up', 'nodes[1]', '20.0.1.1', '3010 ok', '3011 ok', 'ok', '-', '-', '-', '-'],
    ])
  })

  it('has words for every diagnosis, all different', () => {
    const words = DIAGNOSES.map((diagnosis) => {
      const port = { port: 3010, diagnosis, peerId: null, handshakeMs: null, rttMs: null }
      return table(health(0, { primary: port, operational: false }))[1]?.[3]
    })
    expect(new Set(words).size).toBe(DIAGNOSES.length)
  })

  it.each<[string, Partial<NodeHealth>, RegExp]>([
    ['is behind', { caughtUp: false, metrics: { ...METRICS, clusterBehind: 2 } }, /^behind .* 2 behind/],
    ['has an old keyspace', { caughtUp: false, metrics: { ...METRICS, keyspaceBehind: 1 } }, /keyspace 1 behind/],
    ['has no provider', { provider: providerOf({ problem: 'down' }), operational: false }, /^NOT UP .* no answer$/],
    ['is elsewhere', { provider: providerOf({ sameCluster: false }), operational: false }, /another cluster$/],
    ['has a slow provider', { provider: providerOf({ behind: 4 }) }, /^up .* 4 behind$/],
    ['has no database', { database: { ...DATABASE, connected: false } }, /^up .* not connected$/],
    ['has a disk that is not known', { database: { ...DATABASE, availableDiskBytes: null } }, / up$/],
  ])('shows one that %s', (_, values, line) => {
    expect(nodeHealthText([snakeJson(health(0, values))], plainPaint).split('\n')[1]).toMatch(line)
  })

  it('tells how quick a node is', () => {
    const quick = { port: 3010, diagnosis: 'ok', peerId: node(0).peerId, handshakeMs: 80.4, rttMs: 0.2 } as const
    const row = table(health(0, { primary: quick, secondary: { ...quick, port: 3011, rttMs: null } }))[1]
    expect(row?.slice(3, 5)).toEqual(['3010 ok <1 ms', '3011 ok 80 ms'])
  })
})

function providerOf(values: Partial<NonNullable<NodeHealth['provider']>>): NodeHealth['provider'] {
  return { problem: null, sameCluster: true, clusterVersion: 7n, behind: 0, ...values }
}
