/** The probe against nodes and databases, healthy and misbehaving in every way it has to tell apart. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { PortFault } from '../../../src/devnet/stand-in/faults.js'
import type { ApiName, ApiReport, NodeProbe, RpcAnswer } from '../../../src/peer/node-probe.js'
import { createNodeProbe } from '../../../src/peer/quic/node-probe.js'
import { viewAt } from '../../support/cluster-at.js'
import {
  CUT_ANSWER,
  CUT_STATUS,
  DRIP,
  ENDLESS,
  frame,
  GARBAGE,
  GARBAGE_FRAME,
  HUGE,
  NO_ANSWER,
  NO_STATUS,
  STALLED,
  status,
} from '../../support/interferences.js'
import { node as plain } from '../../support/nodes.js'
import {
  quicAvailable,
  randomNodeKeypair,
  startTestDatabase,
  startTestNode,
  type TestStandIn,
} from '../../support/stand-ins.js'

/** Enough on the busiest machine, and never used up where something answers. */
const LONG_MS = 30_000
/** Used up where an answer never comes; the handshake before it is part of it. */
const SHORT_MS = 1_500
/** Used up by an RPC that is never answered. */
const CALL_MS = 300

const own = await randomNodeKeypair()
let probe: NodeProbe

beforeAll(async () => {
  probe = await createNodeProbe(own)
})
afterAll(() => probe.close())

async function nodeThat(primary: PortFault | null): Promise<TestStandIn> {
  const node = await startTestNode(() => viewAt(), primary === null ? {} : { faults: { primary } })
  onTestFinished(() => node.stop())
  return node
}

async function open(node: TestStandIn, api: ApiName, timeoutMs = LONG_MS, side: 'primary' | 'secondary' = 'primary') {
  const port = side === 'primary' ? node.primaryPort : node.secondaryPort
  const report = await probe.reach({ host: node.host, port, api }, timeoutMs)
  expect(report).toMatchObject({ kind: 'answers', peerId: node.peerId, handshakeMs: expect.any(Number) })
  return report.kind === 'answers' ? report.api : expect.unreachable()
}

async function ask(api: ApiReport, request: unknown, timeoutMs = LONG_MS, rpc = 0): Promise<RpcAnswer> {
  if (api.kind !== 'accepted') return expect.unreachable(`the API was not opened: ${api.kind}`)
  try {
    return await api.session.call(rpc, request, timeoutMs)
  } finally {
    api.session.close()
  }
}

describe.skipIf(!quicAvailable)('a node', () => {
  it('proves who it is, and tells what its provider shows', async () => {
    const node = await nodeThat(null)
    const api = await open(node, 'Cluster2')
    expect(api.kind === 'accepted' && api.session.rttMs()).toEqual(expect.any(Number))
    expect(await ask(api, null)).toMatchObject({ kind: 'ok', value: { cluster_version: 9 } })
  })

  it('tells its metrics and its database to those it knows by their key', async () => {
    const database = await startTestDatabase()
    const view = viewAt({ nodes: [plain(0, { peerId: own.peerId }), plain(1)] })
    const node = await startTestNode(() => view, { database })
    onTestFinished(async () => void (await Promise.all([node.stop(), database.stop()])))
    const api = await open(node, 'Metrics', LONG_MS, 'secondary')
    if (api.kind !== 'accepted') return expect.unreachable()
    const says = (name: string) => ({ kind: 'ok', value: expect.stringContaining(`# TYPE ${name} gauge`) })
    expect(await api.session.call(0, 'node', LONG_MS)).toEqual(says('wcn_node_version'))
    expect(await api.session.call(0, 'db', LONG_MS)).toEqual(says('wcn_db_version'))
    await database.misbehave({ primary: 'off', secondary: 'off' })
    expect(await ask(api, 'db')).toEqual({ kind: 'error', code: 0, message: 'Not connected' })

    const stranger = await createNodeProbe(null)
    onTestFinished(() => stranger.close())
    const report = await stranger.reach({ host: node.host, port: node.secondaryPort, api: 'Metrics' }, LONG_MS)
    expect(report).toMatchObject({ kind: 'answers', peerId: node.peerId, api: { kind: 'refused', status: null } })
  })

  it('refuses on either port what only the other serves', async () => {
    const node = await nodeThat(null)
    expect(await open(node, 'Metrics')).toEqual({ kind: 'refused', status: null })
    expect(await open(node, 'Cluster2', LONG_MS, 'secondary')).toEqual({ kind: 'refused', status: null })
    await node.misbehave({ swapped: true })
    expect(await ask(await open(node, 'Cluster2', LONG_MS, 'secondary'), null)).toMatchObject({ kind: 'ok' })
  })

  it('with another key proves to be somebody else', async () => {
    const [node, other] = [await nodeThat(null), await nodeThat(null)]
    const target = { host: node.host, port: node.primaryPort, api: 'Cluster2' } as const
    expect(await probe.reach(target, LONG_MS)).toMatchObject({ peerId: expect.not.stringMatching(other.peerId) })
  })

  it('that has one port only is found out, and found again when the other is back', async () => {
    const node = await nodeThat(null)
    await node.misbehave({ secondary: 'off' })
    const target = { host: node.host, port: node.secondaryPort, api: 'Metrics' } as const
    expect(await probe.reach(target, LONG_MS)).toEqual({ kind: 'closed' })
    await node.misbehave({})
    expect(await probe.reach(target, LONG_MS)).toMatchObject({ kind: 'answers', peerId: node.peerId })
  })

  it('is connected to once per question, and left', async () => {
    const node = await nodeThat(null)
    await ask(await open(node, 'Cluster2'), null)
    await open(node, 'Metrics')
    await expect.poll(() => node.connections()).toEqual({ taken: 2, open: 0 })
  })
})

describe.skipIf(!quicAvailable)('a database', () => {
  it('opens its API to everybody, and its metrics on the secondary port', async () => {
    const database = await startTestDatabase()
    onTestFinished(() => database.stop())
    expect(await open(database, 'Database')).toMatchObject({ kind: 'accepted' })
    expect(await ask(await open(database, 'Metrics', LONG_MS, 'secondary'), 'db')).toEqual({
      kind: 'ok',
      value: expect.stringContaining('wcn_db_version'),
    })
    expect(await open(database, 'Cluster2')).toEqual({ kind: 'refused', status: null })
  })
})

describe.skipIf(!quicAvailable)('opening an API', () => {
  it.each<[string, PortFault, ApiReport]>([
    ['closed', 'closed', { kind: 'refused', status: null }],
    ['no status', NO_STATUS, { kind: 'refused', status: null }],
    ['status -1', status(-1), { kind: 'refused', status: -1 }],
    ['status -2', status(-2), { kind: 'refused', status: -2 }],
    ['status -1001', status(-1001), { kind: 'refused', status: -1001 }],
    ['status 1', status(1), { kind: 'garbage', reason: 'its status 1 is none of the protocol' }],
    ['garbage', GARBAGE, { kind: 'garbage', reason: 'its status 1195725856 is none of the protocol' }],
    ['half a status', CUT_STATUS, { kind: 'garbage', reason: 'its status ended after 2 of 4 bytes' }],
  ])('%s', async (_, behaviour, report) => {
    expect(await open(await nodeThat(behaviour), 'Cluster2')).toEqual(report)
  })

  it('never answered', async () => {
    const node = await nodeThat('silent')
    expect(await open(node, 'Cluster2', SHORT_MS)).toEqual({ kind: 'silent' })
    await expect.poll(() => node.connections().open).toBe(0)
  })

  it('answered late, but in time', async () => {
    expect(await ask(await open(await nodeThat('slow'), 'Cluster2'), null)).toMatchObject({ kind: 'ok' })
  })
})

describe.skipIf(!quicAvailable)('an RPC', () => {
  const none = (why: Extract<RpcAnswer, { kind: 'none' }>['why']): RpcAnswer => ({ kind: 'none', why })

  it.each<[string, PortFault, RpcAnswer]>([
    ['no JSON', GARBAGE_FRAME, none('garbage')],
    ['an empty frame', frame(''), none('garbage')],
    ['null', frame('null'), none('garbage')],
    ['Ok and Err', frame('{"Ok":1,"Err":{"code":0,"message":""}}'), none('garbage')],
    ['endless frames', ENDLESS, none('garbage')],
    ['4 GiB', HUGE, none('too-large')],
    ['the end', NO_ANSWER, none('closed')],
    ['half a frame', CUT_ANSWER, none('closed')],
    [
      'an error',
      frame('{"Err":{"code":1,"message":"\\u001b[31mno"}}'),
      { kind: 'error', code: 1, message: '\x1b[31mno' },
    ],
  ])('%s', async (_, behaviour, answer) => {
    const node = await nodeThat(behaviour)
    expect(await ask(await open(node, 'Cluster2'), null)).toEqual(answer)
    await expect.poll(() => node.connections().open).toBe(0)
  })

  it('nested without end', async () => {
    const api = await open(await nodeThat(frame('['.repeat(1024 * 1024))), 'Cluster2')
    expect(await ask(api, null)).toEqual(none('garbage'))
  })

  it.each<[string, PortFault]>([
    ['stalled', STALLED],
    ['a byte at a time', DRIP],
  ])('%s', async (_, behaviour) => {
    const node = await nodeThat(behaviour)
    expect(await ask(await open(node, 'Cluster2'), null, CALL_MS)).toEqual(none('timeout'))
    await expect.poll(() => node.connections().open).toBe(0)
  })

  it('that is unknown ends without an answer', async () => {
    expect(await ask(await open(await nodeThat(null), 'Cluster2'), null, LONG_MS, 9)).toEqual(none('closed'))
  })

  it('on a session that is closed', async () => {
    const api = await open(await nodeThat(null), 'Cluster2')
    await ask(api, null)
    expect(await ask(api, null)).toEqual(none('closed'))
  })

  it('of a node that ends in the middle', async () => {
    const node = await nodeThat(STALLED)
    const answer = ask(await open(node, 'Cluster2'), null)
    await node.stop()
    expect(await answer).toEqual(none('closed'))
  })
})
