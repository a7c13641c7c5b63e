/** The examiner with the real probe and real peers: what made-up ports can't show. */
import { afterEach, describe, expect, it } from 'vitest'
import { encodeNodeSecretKey, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { openExaminer } from '../../src/health/examiner.js'
import type { ExpectedNode } from '../../src/health/model/expected-node.js'
import { createNodeProbe } from '../../src/peer/quic/node-probe.js'
import { snapshotAt } from '../support/cluster-at.js'
import { ip, node } from '../support/nodes.js'
import { testServices } from '../support/services.js'
import {
  quicAvailable,
  randomNodeKeypair,
  startTestNode,
  type TestNode,
  type TestNodeOptions,
} from '../support/test-node.js'
import { databaseMetrics, nodeMetrics } from '../support/test-node-metrics.js'
import { OPERATOR } from '../support/use-real-cluster.js'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function start(options: TestNodeOptions): Promise<TestNode> {
  const started = await startTestNode(options)
  open.push(() => started.stop())
  return started
}

const expected = ({ peerId, host, primaryPort, secondaryPort }: TestNode, index: number): ExpectedNode => ({
  label: `nodes[${index}]`,
  index,
  peerId,
  ipv4Addr: host,
  primaryPort,
  secondaryPort,
})

/** Looks as the node of this key, with the cluster that lists these nodes. */
async function look(nodes: readonly TestNode[], identity: NodeKeypair | null) {
  const snapshot = snapshotAt({ nodes: nodes.map(({ peerId }, n) => node(n, { peerId, ipv4Addr: ip('127.0.0.1') })) })
  const services = testServices({
    stdin: identity ? encodeNodeSecretKey(identity.secretKey) : '',
    nodeProbe: async (as) => {
      const probe = await createNodeProbe(as)
      open.push(probe.close)
      return probe
    },
    clock: {
      ...testServices().clock,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
  })
  const examiner = await openExaminer(services, { probeTimeout: '60s', ...(identity ? { nodeKeyFile: '-' } : {}) })
  return examiner.examine(nodes.map(expected), { snapshot, operator: OPERATOR })
}

describe.skipIf(!quicAvailable)('real peers', () => {
  it('are told everything about as one of the operator', async () => {
    const keys = [await randomNodeKeypair(), await randomNodeKeypair()]
    const view = () =>
      snapshotAt({ nodes: keys.map(({ peerId }, n) => node(n, { peerId, ipv4Addr: ip('127.0.0.1') })) }).view
    let failures = 1
    const healthy: TestNodeOptions = {
      view,
      metrics: () => nodeMetrics({ clusterVersion: 9, keyspaceVersion: 0 }),
      databaseMetrics: () => databaseMetrics(),
      listed: (peerId) => keys.some((key) => key.peerId === peerId),
    }
    const nodes: TestNode[] = []
    for (const [n, keypair] of keys.entries())
      nodes.push(
        await start({
          ...healthy,
          keypair,
          ...(n === 1
            ? {
                databaseMetrics: () => null,
                metrics: () =>
                  nodeMetrics({
                    clusterVersion: 9,
                    keyspaceVersion: 0,
                    errors: [
                      { peerId: keys[0]?.peerId ?? '', address: '127.0.0.1:1', kind: 'Timeout', count: failures++ },
                    ],
                  }),
              }
            : {}),
        }),
      )
    const [first, second] = await look(nodes, keys[0] ?? null)
    expect(first).toMatchObject({
      operational: true,
      caughtUp: true,
      provider: { sameCluster: true, behind: 0 },
      metrics: { source: 'quic', softwareVersion: 260209.1 },
      database: { connected: true },
    })
    expect(first?.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(second).toMatchObject({
      operational: true,
      metrics: { unreachablePeers: [{ peerId: keys[0]?.peerId, failures: 1 }] },
      database: { connected: false, problem: 'the node says of it "Not connected"' },
    })
    const [stranger] = await look(nodes, null)
    expect(stranger).toMatchObject({ operational: true, metrics: null, secondary: { diagnosis: 'ok' } })
    expect(nodes.map((each) => each.connections().taken)).toEqual([4, 4])
  })

  it('have their ports exchanged', async () => {
    const exchanged = await start({ swapped: true, view: () => snapshotAt().view })
    const [health] = await look([exchanged], null)
    expect(health).toMatchObject({ primary: { diagnosis: 'swapped' }, secondary: { diagnosis: 'swapped' } })
  })
})
