/** Nodes as the examiner tells them apart; the ports are made up. test/peer/quic has real ones. */
import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot } from '../../src/chain/chain.js'
import type { Services } from '../../src/cli/services.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import { type ExaminerInput, openExaminer } from '../../src/health/examiner.js'
import type { ExpectedNode } from '../../src/health/model/expected-node.js'
import type { NodeHealth } from '../../src/health/model/node-health.js'
import { PORT_DIAGNOSES } from '../../src/health/model/port-health.js'
import type { NodeProbe, PortReport, RpcAnswer } from '../../src/peer/node-probe.js'
import { snapshotAt, viewAt } from '../support/cluster-at.js'
import { fakeClock } from '../support/fake-clock.js'
import { accepted, answers, type FakeNodeProbe, fakeNodeProbe, refused } from '../support/fake-node-probe.js'
import { ip, node, peerId, placeholder, placeholderId } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'
import { databaseMetrics, nodeMetrics } from '../support/test-node-metrics.js'
import { OPERATOR } from '../support/use-real-cluster.js'
import { readVectors } from '../support/vectors.js'

const HOST = ip('20.0.0.1')
const PRIMARY = `${HOST}:3010`
const SECONDARY = `${HOST}:3011`
const NODE: ExpectedNode = {
  label: 'nodes[0]',
  index: 0,
  peerId: peerId(0),
  ipv4Addr: HOST,
  primaryPort: 3010,
  secondaryPort: 3011,
}

/** What JSON makes of an answer. */
const json = (value: unknown): RpcAnswer => ({
  kind: 'ok',
  value: JSON.parse(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? Number(v) : v))),
})
const shows = (view: () => ClusterView) => accepted(() => json(clusterAnswer(view())))
const healthyPrimary = answers(NODE.peerId, shows(viewAt))
const healthySecondary = answers(NODE.peerId, refused)
const tells = (node: () => string, db: () => RpcAnswer = () => ({ kind: 'ok', value: databaseMetrics() })) =>
  answers(
    NODE.peerId,
    accepted((request) => (request === 'db' ? db() : { kind: 'ok', value: node() })),
  )

interface World {
  readonly primary?: PortReport | ((api: string) => PortReport)
  readonly secondary?: PortReport | ((api: string) => PortReport)
  readonly probe?: FakeNodeProbe
  readonly node?: ExpectedNode
  readonly input?: ExaminerInput
  /** The golden key of this number is used to ask. */
  readonly as?: number
  readonly services?: Partial<Services>
  readonly snapshot?: ClusterSnapshot
}

async function examine(world: World = {}): Promise<NodeHealth> {
  const { primary = healthyPrimary, secondary = healthySecondary, as } = world
  const probe: NodeProbe = world.probe ?? fakeNodeProbe({ [PRIMARY]: primary, [SECONDARY]: secondary })
  const key = as === undefined ? undefined : readVectors<{ secret_key: string }[]>('node-keys')[as]?.secret_key
  const services = testServices({
    clock: fakeClock(),
    nodeProbe: async () => probe,
    ...(key === undefined ? {} : { stdin: key }),
    ...world.services,
  })
  const input = { ...(key === undefined ? {} : { nodeKeyFile: '-' }), ...world.input }
  const examiner = await openExaminer(services, input)
  const snapshot = world.snapshot ?? snapshotAt()
  const [health] = await examiner.examine([world.node ?? NODE], { snapshot, operator: OPERATOR })
  if (!health) throw new Error('no health')
  return health
}

const told = (health: NodeHealth, id: string) => health.checks.find((found) => found.id === `nodes[0].${id}`)

describe('a healthy node', () => {
  it('is operational, and strangers know nothing more', async () => {
    const probe = fakeNodeProbe({ [PRIMARY]: healthyPrimary, [SECONDARY]: healthySecondary })
    const health = await examine({ probe })
    expect(health).toMatchObject({
      operational: true,
      caughtUp: null,
      primary: { diagnosis: 'ok', peerId: NODE.peerId, handshakeMs: 12.3, rttMs: 4.56 },
      secondary: { diagnosis: 'ok', rttMs: null },
      provider: { problem: null, sameCluster: true, clusterVersion: 9n, behind: 0 },
      metrics: null,
      database: null,
    })
    expect(health.checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'nodes[0].primary-port pass',
      'nodes[0].secondary-port pass',
      'nodes[0].provider pass',
    ])
    expect(probe.asked).toEqual([`${PRIMARY} Cluster2`, `${SECONDARY} Metrics`])
    expect(probe.open().now).toBe(0)
  })

  it('tells one of the operator everything', async () => {
    const health = await examine({
      as: 1,
      secondary: tells(() => nodeMetrics({ clusterVersion: 9, keyspaceVersion: 0 })),
    })
    expect(health).toMatchObject({
      operational: true,
      caughtUp: true,
      metrics: {
        source: 'quic',
        softwareVersion: 260209.1,
        totalMemoryBytes: 25274793984,
        clusterVersion: 9n,
        keyspaceVersion: 0n,
        clusterBehind: 0,
        keyspaceBehind: 0,
      },
      database: { connected: true, availableDiskBytes: 78677172224, problem: null },
    })
    expect(health.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(health.checks.map(({ id }) => id.replace('nodes[0].', ''))).toEqual([
      'primary-port',
      'secondary-port',
      'provider',
      'metrics',
      'caught-up',
      'database',
    ])
  })
})

/** Both ports as the same report. */
const both = (report: PortReport): World => ({ primary: report, secondary: report })

describe('ports are told apart', () => {
  const cases: readonly [
    name: string,
    met: World,
    primary: string,
    secondary: string,
    sentence: string,
    hint: string,
  ][] = [
    [
      'nothing answers',
      both({ kind: 'silent', tcpOpen: false }),
      'silent',
      'silent',
      'nodes[0]: does not answer at its primary port, 20.0.0.1:3010',
      'UDP 3010 open',
    ],
    [
      'one port open',
      { primary: { kind: 'silent', tcpOpen: false } },
      'silent',
      'ok',
      'lacks one of its two ports: its primary port, 20.0.0.1:3010, does not answer',
      'its secondary port answers: let UDP 3010 in',
    ],
    [
      'TCP only',
      both({ kind: 'silent', tcpOpen: true }),
      'tcp-only',
      'tcp-only',
      'while TCP is open there',
      'open and forward UDP 3010, not TCP',
    ],
    [
      'ICMP says closed',
      both({ kind: 'closed' }),
      'closed',
      'closed',
      'nothing listens at its primary port',
      'PRIMARY_RPC_SERVER_PORT must be 3010',
    ],
    [
      'ICMP says that one of two is closed',
      { primary: { kind: 'closed' } },
      'closed',
      'ok',
      'lacks one of its two ports: nothing listens at its primary port, 20.0.0.1:3010, says the host itself',
      'its secondary port answers: open and forward UDP 3010, or make wcn_node serve it (PRIMARY_RPC_SERVER_PORT)',
    ],
    [
      'no way there',
      both({ kind: 'unreachable', reason: 'the network is unreachable from here' }),
      'unreachable',
      'unreachable',
      'the network is unreachable from here',
      '`ip route get 20.0.0.1`',
    ],
    ['not QUIC', both({ kind: 'not-quic', roundTripMs: 3 }), 'not-quic', 'not-quic', 'that is no QUIC', '`ss -ulpn`'],
    [
      'not libp2p',
      both({ kind: 'quic', roundTripMs: 3, handshake: { kind: 'failed', reason: 'no ALPN' } }),
      'not-libp2p',
      'not-libp2p',
      "not a node's (no ALPN)",
      'HTTP/3',
    ],
    [
      'handshake unfinished',
      both({ kind: 'quic', roundTripMs: 3, handshake: { kind: 'timeout' } }),
      'handshake-unfinished',
      'handshake-unfinished',
      'does not finish a handshake',
      'connection limits',
    ],
    [
      'about to stop',
      both({ kind: 'quic', roundTripMs: 3, handshake: { kind: 'refused' } }),
      'handshake-unfinished',
      'handshake-unfinished',
      'refuses connections at the moment at its primary port, 20.0.0.1:3010: it may be starting or stopping',
      'look again',
    ],
    [
      'another of mine',
      both(answers(peerId(1), refused)),
      'other-own-node',
      'other-own-node',
      `nodes[0]: nodes[1] of the same operator, ${peerId(1)}, answers in its stead at its primary port`,
      '`wcn nodes update -f FILE`',
    ],
    [
      "another operator's",
      both(answers(peerId(40), refused)),
      'other-operator',
      'other-operator',
      `a node of operator "one" (0x${'11'.repeat(20)}), ${peerId(40)}, answers in its stead`,
      '`wcn nodes update 0 --ip-address IPV4`',
    ],
    [
      'a stranger',
      both(answers(peerId(60), refused)),
      'stranger',
      'stranger',
      `${peerId(60)}, which nobody has on chain, answers in its stead`,
      `\`wcn nodes update 0 --peer-id ${peerId(60)}\``,
    ],
    [
      'an RPC server that says nothing',
      both(answers(NODE.peerId, { kind: 'silent' })),
      'rpc-silent',
      'rpc-silent',
      'its RPC server says nothing',
      'restart',
    ],
    [
      'an RPC server that says nonsense',
      both(answers(NODE.peerId, { kind: 'garbage', reason: 'a status of 7' })),
      'rpc-garbage',
      'rpc-garbage',
      'answers what none should (a status of 7)',
      'other than wcn_node',
    ],
    [
      'exchanged ports',
      {
        primary: answers(NODE.peerId, refused),
        secondary: (api) => (api === 'Cluster2' ? healthyPrimary : answers(NODE.peerId, refused)),
      },
      'swapped',
      'swapped',
      'has its secondary RPC server at its primary port',
      '`wcn nodes update 0 --primary-port 3011 --secondary-port 3010`',
    ],
    [
      'the primary server at the secondary port only',
      {
        primary: { kind: 'closed' },
        secondary: (api) => (api === 'Cluster2' ? healthyPrimary : answers(NODE.peerId, refused)),
      },
      'closed',
      'swapped',
      'nothing listens at its primary port',
      'PRIMARY_RPC_SERVER_PORT',
    ],
  ]
  it('and none was forgotten', () => {
    const provoked = new Set(cases.flatMap(([, , primary, secondary]) => [primary, secondary]))
    expect(Object.keys(PORT_DIAGNOSES).filter((diagnosis) => !provoked.has(diagnosis))).toEqual(['unproven'])
  })

  it.each(cases)('%s', async (_, met, primary, secondary, sentence, hint) => {
    const health = await examine(met)
    expect([health.primary.diagnosis, health.secondary.diagnosis]).toEqual([primary, secondary])
    expect(health).toMatchObject({ operational: false, provider: null })
    const found = told(health, 'primary-port')
    expect(found?.status).toBe('fail')
    expect(found?.summary).toContain(sentence)
    expect(found?.hint ?? '').toContain(hint)
  })

  it('asks nothing of whoever else answers', async () => {
    const asked: unknown[] = []
    const api = accepted((request) => {
      asked.push(request)
      return { kind: 'none', why: 'closed' }
    })
    const health = await examine({ ...both(answers(peerId(40), api)), as: 1 })
    expect(health).toMatchObject({ provider: null, metrics: null, database: null })
    expect(asked).toEqual([])
  })

  it('says that another version of the protocol is spoken', async () => {
    const health = await examine({ secondary: answers(NODE.peerId, { kind: 'refused', status: -1 }) })
    expect(health).toMatchObject({ operational: true, secondary: { diagnosis: 'ok' } })
    expect(told(health, 'secondary-port')).toMatchObject({
      status: 'warn',
      summary: expect.stringContaining('refuses the version of the protocol'),
    })
  })

  it('says that nothing is proven without the addon', async () => {
    const seen: PortReport = { kind: 'quic', roundTripMs: 3, handshake: { kind: 'not-tried' } }
    const probe = fakeNodeProbe({ [PRIMARY]: seen, [SECONDARY]: seen }, { unproven: 'the addon is missing' })
    const health = await examine({ probe })
    expect(health).toMatchObject({ operational: false, primary: { diagnosis: 'unproven', peerId: null, rttMs: 3 } })
    expect(told(health, 'primary-port')).toMatchObject({
      status: 'warn',
      hint: expect.stringContaining('npm install --include=optional'),
    })
  })

  it('names a database that is open to everybody', async () => {
    const database = (api: string) =>
      answers(peerId(60), api === 'Database' ? accepted(() => ({ kind: 'none', why: 'closed' })) : refused)
    const health = await examine({ primary: database })
    expect(health.primary.diagnosis).toBe('stranger')
    expect(told(health, 'primary-port')).toMatchObject({
      summary: expect.stringContaining(`a database, ${peerId(60)}, answers in its stead`),
      hint: expect.stringContaining('close UDP 3010'),
    })
  })

  it('speaks otherwise of a node that is not on chain', async () => {
    const node = { ...NODE, label: 'the new node', index: null, peerId: peerId(50) }
    const health = await examine({ ...both(answers(peerId(60), refused)), node })
    expect(health.checks[0]).toMatchObject({
      id: 'the new node.primary-port',
      hint: expect.not.stringContaining('nodes update'),
    })
  })

  it.each([
    ['a placeholder', { peerId: placeholderId(7), ipv4Addr: ip('10.0.0.0') }, 'placeholder without a key'],
    ["an address that is no machine's", { ipv4Addr: ip('239.1.2.3') }, 'no machine has the address 239.1.2.3'],
    ['192.0.2.1', { ipv4Addr: ip('192.0.2.1') }, 'documentation address: nobody answers there, and nothing was sent'],
    ['198.51.100.255', { ipv4Addr: ip('198.51.100.255') }, 'documentation address'],
    ['203.0.113.0', { ipv4Addr: ip('203.0.113.0') }, 'documentation address'],
    ['port 0', { primaryPort: 0, secondaryPort: 0 }, 'there is no port 0'],
  ])('never asks %s', async (_, values, sentence) => {
    const probe = fakeNodeProbe({})
    const health = await examine({ probe, node: { ...NODE, ...values } })
    expect(health.primary.diagnosis).toBe('unreachable')
    expect(told(health, 'primary-port')?.summary).toContain(sentence)
    expect(told(health, 'primary-port')?.hint).toContain('wcn ')
    expect(probe.asked).toEqual([])
  })
})

describe("the node's own RPC provider", () => {
  const of = (call: () => RpcAnswer | Promise<RpcAnswer>) => examine({ primary: answers(NODE.peerId, accepted(call)) })
  const another = (version: bigint) =>
    shows(() => ({
      ...viewAt({ version, nodes: [], others: [] }),
      operators: viewAt({ others: ['x', 'y'] }).operators.slice(1),
    }))

  it.each<[string, RpcAnswer, string]>([
    ['fails', { kind: 'error', code: 0, message: 'internal error' }, 'its RPC provider fails: "internal error"'],
    ['is not told of in time', { kind: 'none', why: 'timeout' }, 'does not answer in time'],
    ['ends the question', { kind: 'none', why: 'closed' }, 'without an answer'],
    ['sends garbage', { kind: 'none', why: 'garbage' }, 'in no form that is known'],
    ['sends too much', { kind: 'none', why: 'too-large' }, 'more than any cluster'],
    ['shows no cluster', json({ hello: 'world' }), 'shows no cluster'],
  ])('%s', async (_, answer, sentence) => {
    const health = await of(() => answer)
    expect(health.provider?.problem).toContain(sentence)
    expect(health).toMatchObject({ operational: false, primary: { diagnosis: 'ok' }, secondary: { diagnosis: 'ok' } })
    expect(told(health, 'provider')).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('RPC_PROVIDER_URL'),
    })
  })

  it('is hidden where its failure names it: there may be a token in its URL', async () => {
    const message = 'error sending request for url (wss://opt-mainnet.example/v2/0123456789abcdef0123456789abcdef)'
    const health = await of(() => ({ kind: 'error', code: 0, message }))
    expect(JSON.stringify(health.checks)).not.toContain('0123456789abcdef')
  })

  it('is not given at all', async () => {
    const health = await examine({ primary: answers(NODE.peerId, refused) })
    expect(health.provider?.problem).toContain('refuses the API `Cluster2`')
    expect(health).toMatchObject({ operational: false, primary: { diagnosis: 'ok' } })
  })

  it.each([9n, 12n, 2n])('shows another cluster (at version %s)', async (version) => {
    const health = await examine({ primary: answers(NODE.peerId, another(version)) })
    expect(health).toMatchObject({ operational: false, provider: { problem: null, sameCluster: false } })
    expect(told(health, 'provider')).toMatchObject({
      status: 'fail',
      summary: 'nodes[0]: works with another cluster than the one asked about',
      hint: expect.stringContaining('SMART_CONTRACT_ADDRESS'),
    })
  })

  it.each([
    [8n, 'warn', '1 version behind'],
    [4n, 'fail', '5 versions behind'],
  ])('lags at version %s', async (version, status, words) => {
    const health = await examine({
      primary: answers(
        NODE.peerId,
        shows(() => viewAt({ version })),
      ),
    })
    expect(health).toMatchObject({ operational: true, provider: { sameCluster: true, clusterVersion: version } })
    expect(told(health, 'provider')).toMatchObject({ status, summary: expect.stringContaining(words) })
  })

  it('may catch up while it is looked at', async () => {
    let version = 8n
    const clock = fakeClock(() => {
      version = 9n
    })
    const primary = answers(
      NODE.peerId,
      shows(() => viewAt({ version })),
    )
    const health = await examine({ primary, services: { clock } })
    expect(health.provider).toMatchObject({ behind: 0, clusterVersion: 9n })
    expect(clock.pauses).toEqual([2000])
  })

  it('is newer than what this tool has read: that is read again', async () => {
    let readings = 0
    const chain = async () => ({
      readCluster: async () => {
        readings++
        return snapshotAt({ version: 11n, others: ['one', 'two', 'new name', 'four'] })
      },
    })
    const primary = answers(
      NODE.peerId,
      shows(() => viewAt({ version: 11n, others: ['one', 'two', 'new name', 'four'] })),
    )
    const health = await examine({ primary, services: { chain: chain as unknown as Services['chain'] } })
    expect(health).toMatchObject({ operational: true, provider: { sameCluster: true, behind: 0 } })
    expect(told(health, 'provider')?.status).toBe('pass')
    expect(readings).toBe(1)
  })

  it('is newer than what can be read: no fault of the node', async () => {
    const primary = answers(
      NODE.peerId,
      shows(() => viewAt({ version: 12n })),
    )
    const chain = () => Promise.reject(new Error('no chain today'))
    const health = await examine({ primary, services: { chain } })
    expect(health.operational).toBe(true)
    expect(told(health, 'provider')).toMatchObject({
      status: 'warn',
      hint: expect.stringContaining('the RPC provider of this tool lags'),
    })
  })
})

describe('what a node says of itself', () => {
  const asOwn = (node: () => string, db?: () => RpcAnswer) => examine({ as: 1, secondary: tells(node, db) })

  it('is behind the chain', async () => {
    const health = await asOwn(() => nodeMetrics({ clusterVersion: 7, keyspaceVersion: 0 }))
    expect(health.caughtUp).toBe(false)
    expect(told(health, 'caught-up')).toMatchObject({
      status: 'fail',
      summary:
        'nodes[0]: is behind the chain by 2 versions of the cluster: it works with cluster version 7, keyspace version 0',
    })
  })

  it('was behind a moment ago', async () => {
    let version = 8
    const clock = fakeClock(() => version++)
    const secondary = tells(() => nodeMetrics({ clusterVersion: version, keyspaceVersion: 0 }))
    const health = await examine({ as: 1, secondary, services: { clock } })
    expect(health).toMatchObject({ caughtUp: true, metrics: { clusterVersion: 9n } })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, -1, 8.5])('is version %s, which is none', async (version) => {
    const health = await asOwn(() => nodeMetrics({ clusterVersion: version, keyspaceVersion: 0 }))
    expect(health).toMatchObject({ operational: true, caughtUp: null, metrics: { clusterVersion: null } })
    expect(told(health, 'caught-up')?.status).toBe('warn')
  })

  it('is behind in the keyspace only', async () => {
    const probe = fakeNodeProbe({
      [PRIMARY]: answers(
        NODE.peerId,
        shows(() => viewAt({ keyspaceVersion: 4n })),
      ),
      [SECONDARY]: tells(() => nodeMetrics({ clusterVersion: 9, keyspaceVersion: 3 })),
    })
    const services = testServices({ clock: fakeClock(), nodeProbe: async () => probe })
    const examiner = await openExaminer(services, {})
    const [health] = await examiner.examine([NODE], {
      snapshot: snapshotAt({ keyspaceVersion: 4n }),
      operator: OPERATOR,
    })
    expect(health).toMatchObject({ caughtUp: false, metrics: { clusterBehind: 0, keyspaceBehind: 1 } })
  })

  it('names no version at all', async () => {
    const health = await asOwn(() => 'wcn_node_version 1\n')
    expect(health).toMatchObject({ operational: true, caughtUp: null })
    expect(told(health, 'caught-up')?.status).toBe('warn')
  })

  it.each([
    ['', "no node's metrics"],
    ['<html>404</html>', "no node's metrics"],
    [databaseMetrics(), "a database's metrics, not a node's"],
    ['x'.repeat(5_000_000), 'more than any metrics have'],
  ])('is nothing that can be read (%#)', async (text, words) => {
    const health = await asOwn(() => text)
    expect(health).toMatchObject({ metrics: null, caughtUp: null, operational: true })
    expect(told(health, 'metrics')).toMatchObject({ status: 'fail', summary: expect.stringContaining(words) })
  })

  it('is little memory', async () => {
    const text = nodeMetrics({ clusterVersion: 9, keyspaceVersion: 0 }).replace(
      /^wcn_available_memory .*$/m,
      'wcn_available_memory 1000',
    )
    expect(told(await asOwn(() => text), 'metrics')).toMatchObject({
      status: 'warn',
      hint: expect.stringContaining('oom'),
    })
  })

  it.each<[string, RpcAnswer, string]>([
    ['an error', { kind: 'error', code: 0, message: 'boom' }, 'does not give its metrics: "boom"'],
    ['silence', { kind: 'none', why: 'timeout' }, 'in time'],
    ['no text', { kind: 'ok', value: { no: 'text' } }, 'is no metrics'],
  ])('is %s', async (_, answer, words) => {
    const health = await examine({
      as: 1,
      secondary: answers(
        NODE.peerId,
        accepted(() => answer),
      ),
    })
    expect(told(health, 'metrics')).toMatchObject({ status: 'fail', summary: expect.stringContaining(words) })
  })

  it('is refused to a key that nobody has on chain, and said so', async () => {
    const health = await examine({ as: 60 })
    expect(health.operational).toBe(true)
    expect(told(health, 'metrics')).toMatchObject({
      status: 'warn',
      summary: expect.stringContaining('nobody has it on chain'),
    })
  })

  it('is refused to a node on chain: it knows an older list', async () => {
    const health = await examine({ as: 40 })
    expect(told(health, 'metrics')).toMatchObject({ status: 'fail', summary: expect.stringContaining('an older list') })
  })
})

describe('peers that a node does not reach', () => {
  const errors = (...counts: readonly (readonly [n: number, count: number, kind?: string])[]) =>
    nodeMetrics({
      clusterVersion: 9,
      keyspaceVersion: 0,
      errors: counts.map(([n, count, kind = 'Timeout']) => ({
        peerId: peerId(n),
        address: `20.0.${n}.1:3010`,
        kind,
        count,
      })),
    })
  const scrapes = async (...texts: readonly string[]) => {
    let reading = 0
    const clock = fakeClock()
    const secondary = tells(() => texts[Math.min(reading++, texts.length - 1)] ?? '')
    return { health: await examine({ as: 1, secondary, services: { clock } }), clock }
  }

  it('are those whose counters grow', async () => {
    const { health, clock } = await scrapes(
      errors([1, 5], [40, 7], [42, 0], [60, 3]),
      errors([1, 5], [40, 9], [42, 0], [60, 3]),
    )
    expect(clock.pauses).toEqual([2000])
    expect(health.metrics?.unreachablePeers).toEqual([
      { peerId: peerId(40), address: '20.0.40.1:3010', kind: 'Timeout', failures: 2 },
    ])
    expect(told(health, 'peers')).toMatchObject({
      status: 'warn',
      summary: `nodes[0]: can't reach 1 of 3 peers: "one" at "20.0.40.1:3010" ("Timeout")`,
    })
  })

  it('are not looked for where nothing was ever counted', async () => {
    const { health, clock } = await scrapes(errors([1, 0], [40, 0]))
    expect(clock.pauses).toEqual([])
    expect(health.metrics?.unreachablePeers).toEqual([])
    expect(told(health, 'peers')?.status).toBe('pass')
  })

  it('are all of them: the fault is its own', async () => {
    const { health } = await scrapes(errors([1, 1], [40, 1]), errors([1, 2], [40, 2]))
    expect(told(health, 'peers')).toMatchObject({ status: 'fail', hint: expect.stringContaining('outgoing UDP') })
  })

  it('are own ones', async () => {
    const { health } = await scrapes(errors([1, 1], [40, 0]), errors([1, 2], [40, 0]))
    expect(told(health, 'peers')?.summary).toContain('nodes[1] at')
    expect(told(health, 'peers')?.hint).toContain('`wcn nodes check`')
  })

  it('are no placeholders, which nobody reaches', async () => {
    let count = 0
    const text = () =>
      nodeMetrics({
        clusterVersion: 9,
        keyspaceVersion: 0,
        errors: [{ peerId: placeholderId(7), address: '10.0.0.0:3010', kind: 'Timeout', count: ++count }],
      })
    const own = [node(0), placeholder(7)]
    const health = await examine({ as: 0, secondary: tells(text), snapshot: snapshotAt({ nodes: own }) })
    expect(health.metrics?.unreachablePeers).toHaveLength(1)
    expect(told(health, 'peers')?.status).toBe('pass')
  })

  it('have labels of a hostile node', async () => {
    const label = `x\u001b[2J\u202e${'y'.repeat(100_000)}`
    const text = (count: number) =>
      nodeMetrics({
        clusterVersion: 9,
        keyspaceVersion: 0,
        errors: [{ peerId: label, address: label, kind: label, count }],
      })
    const { health } = await scrapes(text(1), text(2))
    expect(health.metrics?.unreachablePeers?.[0]?.address.length).toBeLessThan(200)
  })
})

describe("the node's database", () => {
  const metrics = nodeMetrics({ clusterVersion: 9, keyspaceVersion: 0 })
  it.each<[string, RpcAnswer, string]>([
    ['is down', { kind: 'error', code: 0, message: 'Not connected' }, 'the node says of it "Not connected"'],
    ['is not told of in time', { kind: 'none', why: 'timeout' }, 'does not answer for it in time'],
    ['is none', { kind: 'ok', value: metrics }, "hands on no database's metrics"],
    ['is no text', { kind: 'ok', value: 7 }, "no database's metrics"],
  ])('%s', async (_, answer, problem) => {
    const health = await examine({
      as: 1,
      secondary: tells(
        () => metrics,
        () => answer,
      ),
    })
    expect(health.database).toMatchObject({ connected: false, problem: expect.stringContaining(problem) })
    expect(told(health, 'database')).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('DATABASE_RPC_SERVER_ADDRESS'),
    })
    expect(health.operational).toBe(true)
  })

  it('has another key than the node expects', async () => {
    let count = 0
    const expected = peerId(63)
    const text = () =>
      nodeMetrics({
        clusterVersion: 9,
        keyspaceVersion: 0,
        errors: [{ peerId: expected, address: '10.0.0.9:3000', kind: 'WrongPeerId', count: ++count }],
      })
    const health = await examine({
      as: 1,
      secondary: tells(text, () => ({ kind: 'error', code: 0, message: 'Not connected' })),
    })
    expect(told(health, 'database')).toMatchObject({
      status: 'fail',
      summary: expect.stringContaining(`"10.0.0.9:3000" somebody else answers than "${expected}"`),
      hint: expect.stringContaining('DATABASE_PEER_ID'),
    })
  })

  it.each([
    [1_000_000_000, 'warn'],
    [200_000_000_000, 'pass'],
    [null, 'pass'],
  ])('has %s bytes of disk left', async (availableDiskBytes, status) => {
    const db: RpcAnswer = { kind: 'ok', value: databaseMetrics({ availableDiskBytes }) }
    const health = await examine({
      as: 1,
      secondary: tells(
        () => metrics,
        () => db,
      ),
    })
    expect(health.database).toMatchObject({ connected: true, availableDiskBytes })
    expect(told(health, 'database')?.status).toBe(status)
  })
})

describe('metrics over plain HTTP', () => {
  const over = (text: string | null, source = '0=10.0.0.7:9100') => {
    const read: string[] = []
    const metrics: Services['metrics'] = async () => ({
      read: async (host, port) => {
        read.push(`${host}:${port}`)
        return text
      },
    })
    return { read, health: examine({ input: { metrics: [source] }, services: { metrics } }) }
  }

  it.each(['0=10.0.0.7:9100', `${NODE.peerId}=10.0.0.7:9100`, `${PRIMARY}=10.0.0.7:9100`])('%s', async (source) => {
    const { read, health } = over(nodeMetrics({ clusterVersion: 9, keyspaceVersion: 0 }), source)
    expect(await health).toMatchObject({ caughtUp: true, metrics: { source: 'http' }, database: null })
    expect(read).toEqual(['10.0.0.7:9100'])
  })

  it('that nobody answers are no fault of the node', async () => {
    const health = await over(null).health
    expect(health).toMatchObject({ operational: true, caughtUp: null })
    expect(told(health, 'metrics')).toMatchObject({
      status: 'warn',
      summary: 'nodes[0]: no metrics can be read at http://10.0.0.7:9100/metrics',
    })
  })

  it.each([
    ['7=10.0.0.7:9100', 'SELECTOR_NO_MATCH'],
    [`${peerId(63)}=10.0.0.7:9100`, 'SELECTOR_NO_MATCH'],
    ['10.0.0.7:9100', 'USAGE'],
    ['0=10.0.0.7', 'USAGE'],
    ['0=[::1]:9100', 'USAGE'],
    ['0=a b:9100', 'USAGE'],
    ['0=10.0.0.7:0', 'PORT_INVALID'],
    ['0=10.0.0.7:99999', 'PORT_INVALID'],
  ])('%s is refused', async (source, code) => {
    expect((await rejectedBy(over('', source).health)).code).toBe(code)
  })
})

describe('flags', () => {
  it.each<[ExaminerInput, string]>([
    [{ probeTimeout: '0' }, 'SETTING_INVALID'],
    [{ probeTimeout: '-5s' }, 'SETTING_INVALID'],
    [{ concurrency: '0' }, 'SETTING_INVALID'],
    [{ concurrency: '1e3' }, 'SETTING_INVALID'],
    [{ nodeKeyFile: '-' }, 'KEY_INVALID'],
  ])('%o', async (input, code) => {
    const services = testServices({ stdin: 'no key', nodeProbe: async () => fakeNodeProbe({}) })
    expect((await rejectedBy(openExaminer(services, input))).code).toBe(code)
  })

  it('asks nobody once --timeout is over', async () => {
    const probe = fakeNodeProbe({})
    const deadline = { remainingMs: () => 0, paused: <T>(work: () => Promise<T>) => work() }
    const health = await examine({ probe, services: { deadline } })
    expect(health.primary.diagnosis).toBe('unreachable')
    expect(told(health, 'primary-port')?.summary).toContain('the time given with --timeout is up')
    expect(probe.asked).toEqual([])
  })
})

it('looks at many nodes, so many ports at a time', async () => {
  const nodes = Array.from({ length: 200 }, (_, index) => ({
    ...NODE,
    label: `nodes[${index}]`,
    index,
    primaryPort: 10_000 + 2 * index,
    secondaryPort: 10_001 + 2 * index,
  }))
  const slowly = (report: PortReport) =>
    accepted(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return report.kind === 'answers' && report.api.kind === 'accepted'
        ? report.api.session.call(0, null, 1)
        : { kind: 'none', why: 'closed' }
    })
  const met = Object.fromEntries(
    nodes.flatMap(({ primaryPort, secondaryPort }) => [
      [`${HOST}:${primaryPort}`, answers(NODE.peerId, slowly(healthyPrimary))],
      [`${HOST}:${secondaryPort}`, healthySecondary],
    ]),
  )
  const probe = fakeNodeProbe(met)
  const drawn: string[] = []
  const line = { show: (_: object, text: string) => void drawn.push(text), end: () => void drawn.push('over') }
  let nowMs = 0
  const clock = { ...fakeClock(), monotonicMs: () => (nowMs += 100) }
  const services = testServices({ clock, nodeProbe: async () => probe, talk: { line } })
  const examiner = await openExaminer(services, { concurrency: '7' })
  const healths = await examiner.examine(nodes, { snapshot: snapshotAt(), operator: OPERATOR }, { shown: true })
  expect(healths.map(({ node }) => node.index)).toEqual(nodes.map(({ index }) => index))
  expect(healths.every(({ operational }) => operational)).toBe(true)
  expect(drawn.slice(-2)).toEqual([expect.stringMatching(/^looking at nodes, .*: \d+ of 200$/), 'over'])
  expect(probe.open()).toEqual({ now: 0, most: 7 })
})
