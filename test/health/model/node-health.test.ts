/** What is said of a node as a whole; its JSON shape is a promise to scripts. */
import { expect, it } from 'vitest'
import { check } from '../../../src/base/check.js'
import { snakeJson } from '../../../src/base/snake-json.js'
import { expectedNode } from '../../../src/health/model/expected-node.js'
import { type NodeHealth, whyNotUp } from '../../../src/health/model/node-health.js'
import { healthOf } from '../../support/health-of.js'
import { ip, peerId, node as stored } from '../../support/nodes.js'

const node = {
  label: 'nodes[0]',
  index: 0,
  peerId: peerId(0),
  ipv4Addr: ip('20.0.0.1'),
  primaryPort: 3010,
  secondaryPort: 3011,
}

it('keeps what is not known null', () => {
  expect(snakeJson(healthOf(node, { diagnosis: 'silent' }))).toMatchObject({
    node: {
      label: 'nodes[0]',
      index: 0,
      peer_id: peerId(0),
      ipv4_addr: '20.0.0.1',
      primary_port: 3010,
      secondary_port: 3011,
    },
    operational: false,
    caught_up: null,
    primary: { port: 3010, diagnosis: 'silent', peer_id: null, handshake_ms: null, rtt_ms: null },
    provider: null,
    metrics: null,
    database: null,
  })
})

it('has versions beyond 2^53 as strings, and no camel case', () => {
  const health: NodeHealth = {
    ...healthOf(node, { caughtUp: false }),
    provider: { problem: null, sameCluster: true, clusterVersion: 2n ** 60n, behind: 0 },
    metrics: {
      source: 'quic',
      softwareVersion: 1.5,
      totalMemoryBytes: 2,
      availableMemoryBytes: 1,
      clusterVersion: 7n,
      keyspaceVersion: null,
      clusterBehind: 2,
      keyspaceBehind: null,
      unreachablePeers: [{ peerId: 'p', address: 'a', kind: 'k', failures: 3 }],
    },
    database: {
      connected: true,
      softwareVersion: 1,
      availableDiskBytes: 5,
      totalDiskBytes: 6,
      totalMemoryBytes: 4,
      availableMemoryBytes: 3,
      problem: null,
    },
  }
  const json = snakeJson(health)
  expect(json).toMatchObject({
    caught_up: false,
    provider: { same_cluster: true, cluster_version: '1152921504606846976', behind: 0 },
    metrics: {
      source: 'quic',
      software_version: 1.5,
      cluster_version: 7,
      keyspace_version: null,
      cluster_behind: 2,
      unreachable_peers: [{ peer_id: 'p', address: 'a', kind: 'k', failures: 3 }],
    },
    database: { connected: true, available_disk_bytes: 5 },
  })
  expect(JSON.stringify(json)).not.toMatch(/"[a-z]+[A-Z]\w*":/)
})

const one = expectedNode(stored(0), 0)

it('is not up for the first failure, else the first warning, else what the ports and versions say', () => {
  const checks = [check('a', 'pass', 'fine'), check('b', 'warn', 'odd'), check('c', 'fail', 'nodes[0]: broken')]
  expect(whyNotUp({ ...healthOf(one), checks })).toBe('broken')
  expect(whyNotUp({ ...healthOf(one), checks: checks.slice(0, 2) })).toBe('odd')
  expect(whyNotUp({ ...healthOf(one, { diagnosis: 'silent' }), checks: [] })).toBe(
    'its primary port is silent, its secondary port silent',
  )
  expect(whyNotUp(healthOf(one, { caughtUp: false }))).toBe('has not caught up with the chain')
})
