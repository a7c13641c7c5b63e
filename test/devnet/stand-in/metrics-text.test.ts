/** A stand-in's Prometheus texts have what those of a real node and database have: names, types, labels and their values. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { databaseMetricsText, nodeMetricsText } from '../../../src/devnet/stand-in/metrics-text.js'
import { ip, peerId } from '../../support/nodes.js'

const recorded = (name: string) =>
  readFileSync(new URL(`../../vectors/${name}.metrics.txt`, import.meta.url), 'utf8').split('\n')
/** What is another machine's or another cluster's. */
const ELSEWHERE = /(network|n_core|remote_addr|remote_peer_id)="[^"]*"/g
const samples = (lines: readonly string[]) => {
  const found = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return [...new Set(found.map((line) => line.replace(ELSEWHERE, '$1').replace(/ [^ ]+$/, '')))].sort()
}
const types = (lines: readonly string[]) => lines.filter((line) => line.startsWith('#')).sort()

const PEER = { host: ip('127.0.0.1'), peerId: peerId(1) }
const PEERS = [
  { ...PEER, port: 1, apis: ['Replica'] },
  { ...PEER, port: 2, apis: ['Metrics', 'Database'] },
]
const node = nodeMetricsText(
  { cluster: 2n ** 100n, keyspace: 7n },
  PEERS,
  new Map([[`127.0.0.1:2 ${PEER.peerId} WrongPeerId`, 3]]),
)

describe.each([
  ['wcn_node', node],
  ['wcn_db', databaseMetricsText('/nowhere/at/all')],
])('the metrics of a stand-in for %s', (name, text) => {
  const lines = text.split('\n')

  it('have the same names and labels', () => {
    expect(samples(lines)).toEqual(samples(recorded(name)))
  })

  it('have the same types', () => {
    expect(types(lines)).toEqual(types(recorded(name)))
  })

  it('name each sample once, with a number', () => {
    const told = lines.filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of told) expect(line).toMatch(/^\w+(?:\{.*\})? \d+(?:\.\d+)?$/)
    expect(new Set(told.map((line) => line.replace(/ [^ ]+$/, ''))).size).toBe(told.length)
  })
})

it("a node's metrics have its versions and what failed", () => {
  expect(node).toContain(`wcn_node_cluster_version ${2n ** 100n}\n`)
  expect(node).toContain('wcn_node_keyspace_version 7\n')
  const failed = (kind: string) => `{remote_addr="127.0.0.1:2",remote_peer_id="${PEER.peerId}",kind="${kind}"}`
  expect(node).toContain(`wcn_rpc_client_connection_errors${failed('WrongPeerId')} 3\n`)
  expect(node).toContain(`wcn_rpc_client_connection_errors${failed('Timeout')} 0\n`)
})
