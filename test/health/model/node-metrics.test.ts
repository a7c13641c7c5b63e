/** Metrics of real nodes and databases, and whatever else may come. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDatabaseMetrics, readNodeMetrics } from '../../../src/health/model/node-metrics.js'

const recorded = (name: string) => readFileSync(new URL(`../../vectors/${name}.metrics.txt`, import.meta.url), 'utf8')

describe('recorded texts', () => {
  it("are a node's", () => {
    const metrics = readNodeMetrics(recorded('wcn_node'))
    expect(metrics).toMatchObject({
      softwareVersion: 260209.1,
      totalMemoryBytes: 25274793984,
      availableMemoryBytes: 23958376448,
      clusterVersion: 9n,
      keyspaceVersion: 0n,
    })
    const errors = 'peerErrors' in metrics ? metrics.peerErrors : []
    expect(errors.filter(({ count }) => count > 0)).toHaveLength(13)
    expect(errors).toContainEqual({
      peerId: '12D3KooWSG5K2K1dBMDmrEVxdbBVQ7wSYG7CKc5q5txJZKuf3ZLU',
      address: '127.0.0.1:3021',
      kind: 'Connection',
      count: 18,
    })
  })

  it("are a database's", () => {
    expect(readDatabaseMetrics(recorded('wcn_db'))).toEqual({
      softwareVersion: 260209.1,
      totalMemoryBytes: 25274793984,
      availableMemoryBytes: 24619368448,
      availableDiskBytes: 78677172224,
      totalDiskBytes: 270553174016,
    })
  })

  it('are not taken for each other', () => {
    expect(readNodeMetrics(recorded('wcn_db'))).toEqual({ problem: "a database's metrics, not a node's" })
    expect(readDatabaseMetrics(recorded('wcn_node'))).toEqual({ problem: "no database's metrics" })
  })
})

it('knows no disk where none is named', () => {
  expect(readDatabaseMetrics('wcn_db_version 1')).toMatchObject({ availableDiskBytes: null, totalDiskBytes: null })
})

it.each([
  ['NaN', null],
  ['+Inf', null],
  ['-3', null],
  ['1.5', null],
  ['9007199254740992', null],
  ['1e3', 1000n],
  ['9007199254740991', 9007199254740991n],
])('a version of %s', (text, version) => {
  expect(readNodeMetrics(`wcn_node_version 1\nwcn_node_cluster_version ${text}`)).toMatchObject({
    clusterVersion: version,
  })
})

it('passes over counters that count nothing', () => {
  const lines = ['NaN', '-1', '+Inf', '2'].map(
    (count, n) => `wcn_rpc_client_connection_errors{remote_addr="a${n}",remote_peer_id="p",kind="k"} ${count}`,
  )
  expect(readNodeMetrics(['wcn_node_version 1', ...lines].join('\n'))).toMatchObject({
    peerErrors: [{ address: 'a3', peerId: 'p', kind: 'k', count: 2 }],
  })
})

it('survives any text, and its size', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      readNodeMetrics(`wcn_node_version 1\nwcn_rpc_client_connection_errors{${text}} 1\nwcn_total_memory ${text}`)
      readDatabaseMetrics(`wcn_db_version ${text}`)
    }),
  )
  const huge = [
    'wcn_node_x'.repeat(100_000),
    '\n'.repeat(4_000_000),
    'wcn_db_\n'.repeat(100_000),
    `wcn_rpc_client_connection_errors{${'a="b",'.repeat(100_000)}} 1`,
    `wcn_rpc_client_connection_errors{${'} '.repeat(2_000_000)}`,
    `wcn_node_version${' '.repeat(4_000_000)}x y z`,
  ]
  for (const text of huge) expect(readNodeMetrics(text)).toHaveProperty('problem')
})
