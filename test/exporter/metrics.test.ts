/** The text that the exporter serves: what is known is told, what is not is absent, and names stay names. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { metricText } from '../../src/base/metric-text.js'
import { metricsText } from '../../src/exporter/model/samples.js'
import { metricNames } from '../../src/metrics/metrics.js'
import { samplesOf } from '../../src/peer/protocol/metrics-text.js'
import { FULL_LOOK } from '../support/exporter-look.js'

it('tells what a look found', () => {
  const text = metricsText(FULL_LOOK)
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
  expect(values('wcn_operator_data_bytes').map(([, value]) => value)).toEqual([162, 0])
  expect(values('wcn_operator_data_limit_bytes')).toEqual([[{}, 4096]])
  const [first, silent, second] = ['0', '1', '2'].map((place, at) => ({
    provider: place,
    host: at === 1 ? 'rpc.example.net' : 'rpc.example.com',
  }))
  expect(values('wcn_provider_up')).toEqual([
    [first, 1],
    [silent, 0],
    [second, 1],
  ])
  expect(values('wcn_provider_behind_blocks')).toEqual([
    [first, 0],
    [second, 7],
  ])
  expect(values('wcn_provider_latency_seconds').map(([, value]) => value)).toEqual([0.25, 0.02])
  expect(values('wcn_provider_block_timestamp_seconds').map(([, value]) => value)).toEqual([
    1_789_999_990, 1_789_999_990,
  ])
  expect(values('wcn_account_balance_ether')).toEqual([[{ account: '0xa1' }, 0.25]])
  expect(values('wcn_account_writes_left')).toEqual([[{ account: '0xa1' }, 400]])
  for (const name of metricNames()) expect(text.split(`# TYPE ${name} gauge\n`)).toHaveLength(2)
})

it('says nothing of an account that nobody named', () => {
  const text = metricsText({ ...FULL_LOOK, funds: null })
  expect(text).not.toContain('wcn_account')
  expect(metricsText({ ...FULL_LOOK, funds: { account: '0xa1', balanceEth: 1, writesLeft: null } })).not.toContain(
    'writes_left',
  )
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
