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
  startTestDatabase,
  startTestNode,
  type TestStandIn,
} from '../support/stand-ins.js'
import { OPERATOR } from '../support/use-real-cluster.js'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function start(starting: Promise<TestStandIn>): Promise<TestStandIn> {
  const started = await starting
  open.push(() => started.stop())
  return started
}

const expected = ({ peerId, host, primaryPort, secondaryPort }: TestStandIn, index: number): ExpectedNode => ({
  label: `nodes[${index}]`,
  index,
  peerId,
  ipv4Addr: host,
  primaryPort,
  secondaryPort,
})

/** Looks as the node of this key, with the cluster that lists these nodes. */
async function look(nodes: readonly TestStandIn[], identity: NodeKeypair | null) {
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
    const keys = [await randomNodeKeypair(), await randomNodeKeypair()] as const
    const view = () =>
      snapshotAt({ nodes: keys.map(({ peerId }, n) => node(n, { peerId, ipv4Addr: ip('127.0.0.1') })) }).view
    const database = await start(startTestDatabase())
    const first = await start(startTestNode(view, { keypair: keys[0], database }))
    let failures = 1
    const counted = (peer: string) =>
      `wcn_rpc_client_connection_errors{remote_addr="127.0.0.1:1",remote_peer_id="${peer}",kind="Timeout"} ${failures++}\n`
    const says = (usual: unknown, request: unknown) => {
      const { Ok: text } = usual as { readonly Ok?: string }
      return request === 'node' ? { Ok: `${text}${counted(keys[0].peerId)}` } : usual
    }
    const second = await start(startTestNode(view, { keypair: keys[1], faults: { secondary: { says } } }))
    const nodes = [first, second]
    const [well, lonely] = await look(nodes, keys[0])
    expect(well).toMatchObject({
      operational: true,
      caughtUp: true,
      provider: { sameCluster: true, behind: 0 },
      metrics: { source: 'quic', softwareVersion: 260209.1 },
      database: { connected: true },
    })
    expect(well?.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(lonely).toMatchObject({
      operational: true,
      metrics: { unreachablePeers: [{ peerId: keys[0].peerId, failures: 1 }] },
      database: { connected: false, problem: 'the node says of it "Not connected"' },
    })
    const [stranger] = await look(nodes, null)
    expect(stranger).toMatchObject({ operational: true, metrics: null, secondary: { diagnosis: 'ok' } })
    expect(nodes.map((each) => each.connections().taken)).toEqual([4, 4])
  })

  it('have their ports exchanged', async () => {
    const exchanged = await start(startTestNode(() => snapshotAt().view, { faults: { swapped: true } }))
    const [health] = await look([exchanged], null)
    expect(health).toMatchObject({ primary: { diagnosis: 'swapped' }, secondary: { diagnosis: 'swapped' } })
  })
})
