/** The text that the exporter serves: what is known is told, what is not is absent, and names stay names. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ClusterStatusJson } from '../../src/availability/cluster-status.js'
import { metricText } from '../../src/base/metric-text.js'
import { METRICS, metricsText } from '../../src/exporter/model/metrics.js'
import { samplesOf } from '../../src/peer/protocol/metrics-text.js'

const node = (index: number, more: object) => ({
  ...{ index, peer_id: `12D3${index}`, state: 'up', caught_up: true, database: true, software_version: 260209.1 },
  ...more,
})
const STATUS = {
  checked_at: 1_790_000_000,
  cluster: { version: '18446744073709551616', keyspace_version: 3, block: { number: 7, hash: '0x' } },
  operators: [
    { slot: 0, name: 'a "b"\\\n', live: true, nodes: [node(0, {}), node(1, { state: 'silent', caught_up: null })] },
    { slot: 3, name: null, live: null, nodes: [node(0, { state: 'unknown', caught_up: null, database: null })] },
  ],
  quorum: {
    replicas: { five: 10, four: 2, three: 1, fewer: 0 },
    without_reads: { shards: 0 },
    without_writes: { shards: 4 },
    one_outage: { shards: 1 },
  },
  maintenance: { holder: '0x1', name: 'a', since: { kind: 'at', time: 1_789_999_000, block: 1 } },
  migration: { pulling: [{ slot: 3, name: null, shards_to_pull: 12 }] },
} as unknown as ClusterStatusJson

it('tells what a look found', () => {
  const text = metricsText(STATUS)
  const values = (name: string) => samplesOf(text, name).map(({ labels, value }) => [labels, Number(value)])
  expect(values('wcn_exporter_last_success_timestamp_seconds')).toEqual([[{}, 1_790_000_000]])
  expect(values('wcn_cluster_version')).toEqual([[{}, 2 ** 64]])
  const operator = 'a "b"\\\n'
  expect(values('wcn_node_up')).toEqual([
    [{ slot: '0', operator, node: '0', peer_id: '12D30' }, 1],
    [{ slot: '0', operator, node: '1', peer_id: '12D31' }, 0],
  ])
  expect(values('wcn_node_caught_up').map(([, value]) => value)).toEqual([1])
  expect(values('wcn_node_database_seen').map(([, value]) => value)).toEqual([1, 1])
  expect(values('wcn_operator_live')).toEqual([[{ slot: '0', operator }, 1]])
  expect(values('wcn_shards')).toEqual(
    Object.entries({ five: 10, four: 2, three: 1, fewer: 0 }).map(([live, count]) => [{ live }, count]),
  )
  expect(values('wcn_shards_without_quorum')).toEqual([
    [{ access: 'read' }, 0],
    [{ access: 'write' }, 4],
  ])
  expect(values('wcn_maintenance_held')).toEqual([[{}, 1]])
  expect(values('wcn_maintenance_since_timestamp_seconds')).toEqual([[{ operator: 'a' }, 1_789_999_000]])
  expect(values('wcn_migration_running')).toEqual([[{}, 1]])
  expect(values('wcn_migration_shards_to_pull')).toEqual([[{ slot: '3', operator: '' }, 12]])
  for (const { name } of METRICS) expect(text.split(`# TYPE ${name} gauge\n`)).toHaveLength(2)
})

it('tells of no look that there was none', () => {
  expect(
    metricsText(null),
  ).toBe(`# HELP wcn_exporter_last_success_timestamp_seconds When the cluster was last looked at to an end; 0: never. All else is of then.
# TYPE wcn_exporter_last_success_timestamp_seconds gauge
wcn_exporter_last_success_timestamp_seconds 0
`)
})

it('whatever a label holds, it is one sample on a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (label) => {
      const text = metricText('x', 'y', [[{ label }, 1]])
      expect(text.split(/[\n\r\u2028\u2029\u0085]/)).toHaveLength(4)
      expect(samplesOf(text, 'x')).toHaveLength(1)
    }),
  )
})
