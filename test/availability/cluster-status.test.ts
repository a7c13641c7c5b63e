/** What `cluster status` makes of what it meets; the ports are made up, pages are served. test/e2e has real ones. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type ClusterStatusJson, type Input, run } from '../../src/availability/cluster-status.js'
import { createChanges } from '../../src/availability/model/node-changes.js'
import type { SeenOperator } from '../../src/availability/model/seen-operators.js'
import { clusterStatusText } from '../../src/availability/view-cluster-status.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey, keypairFromSecret } from '../../src/base/keys/node-keypair.js'
import { Secret } from '../../src/base/secret.js'
import type { AccountSnapshot, Chain, ClusterSnapshot } from '../../src/chain/chain.js'
import { plainPaint } from '../../src/cli/paint.js'
import type { PlainNode } from '../../src/cluster/plain-node.js'
import type { NodeState } from '../../src/health/model/node-standing.js'
import type { PortReport } from '../../src/peer/node-probe.js'
import { snapshotAt } from '../support/cluster-at.js'
import { fakeClock } from '../support/fake-clock.js'
import { accepted, answers, fakeNodeProbe, refused } from '../support/fake-node-probe.js'
import { neverInterrupted } from '../support/interruption.js'
import { memoryState } from '../support/memory-state.js'
import { node, peerId, placeholder } from '../support/nodes.js'
import { memoryFiles } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'
import { databaseMetrics, nodeMetrics } from '../support/test-node-metrics.js'

const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
/** Numbers of the nodes of each operator, as snapshotAt has them. */
const NODES = [
  [0, 1],
  [40, 41],
  [42, 43],
  [44, 45],
  [46, 47],
]
const NAMES = ['mine', 'one', 'two', 'three', 'four']

type Met = Parameters<typeof fakeNodeProbe>[0]

interface Condition {
  readonly clusterVersion?: number
  readonly keyspaceVersion?: number
  readonly database?: 'up' | 'down' | 'silent'
}

/** A node that gives its metrics to whoever asks; a stranger is refused by `stranger`. */
function up(n: number, { clusterVersion = 9, keyspaceVersion = 0, database = 'up' }: Condition = {}): Met {
  const metrics = accepted((request) => {
    if (request === 'node') return { kind: 'ok', value: nodeMetrics({ clusterVersion, keyspaceVersion }) }
    if (database === 'silent') return { kind: 'none', why: 'timeout' }
    return database === 'up'
      ? { kind: 'ok', value: databaseMetrics() }
      : { kind: 'error', code: 0, message: 'Not connected' }
  })
  return {
    [`20.0.${n}.1:3010`]: answers(peerId(n), refused),
    [`20.0.${n}.1:3011`]: answers(peerId(n), metrics),
  }
}

const operatorUp = (slot: number, condition?: Condition): Met =>
  Object.assign({}, ...(NODES[slot] ?? []).map((n) => up(n, condition)))
const allUp: Met = Object.assign({}, ...NODES.map((_, slot) => operatorUp(slot)))
const without = (met: Met, ...numbers: readonly number[]): Met =>
  Object.fromEntries(Object.entries(met).filter(([place]) => !numbers.some((n) => place.startsWith(`20.0.${n}.1:`))))
const withoutOperators = (...slots: readonly number[]) => without(allUp, ...slots.flatMap((slot) => NODES[slot] ?? []))

interface World {
  readonly met?: Met
  /** A secret key on nobody's list unless `listed`. */
  readonly snapshot?: () => ClusterSnapshot
  readonly unproven?: string
  readonly key?: boolean
}

const own = await keypairFromSecret(new Secret(new Uint8Array(32).fill(7)))
const KEY_FILE = '/keys/own.key'
/** The own operator's second node is the one whose key is at hand. */
const listedNodes = [node(0), node(1, { peerId: own.peerId })]
const cluster = () => snapshotAt({ nodes: listedNodes })

function worldOf({ met = allUp, snapshot = cluster, unproven, key = true }: World = {}) {
  const asOwn = Object.fromEntries(
    Object.entries(met).map(([place, report]) => [
      place,
      place.startsWith('20.0.1.1:') ? { ...(report as PortReport), peerId: own.peerId } : report,
    ]),
  ) as Met
  const probe = fakeNodeProbe(asOwn, unproven === undefined ? {} : { unproven })
  const services = testServices({
    nodeProbe: async () => probe,
    chain: async () =>
      ({
        readCluster: async () => snapshot(),
        readAccount: async () => ({ chainId: 31337, genesisHash: '0x11' }) as Partial<AccountSnapshot>,
        maintenanceSince: async () => ({ kind: 'at', block: 90, time: 1_789_996_400 }),
        reconnect: async () => {},
      }) as Partial<Chain> as Chain,
    state: async () => memoryState(),
    clock: fakeClock(),
    interruption: neverInterrupted(),
    files: memoryFiles({ [KEY_FILE]: encodeNodeSecretKey(own.secretKey) }),
    settings: {
      encryptionKey: async () => (key ? KEY : null),
      ...(key ? { requireEncryptionKey: async () => KEY } : {}),
    },
  })
  const status = (input: Input = {}) => run(services, input)
  return { services, probe, status, asNode: (input: Input = {}) => status({ nodeKeyFile: KEY_FILE, ...input }) }
}

/** What is met changes from look to look. */
function meeting(met: () => Met) {
  const { services, probe } = worldOf()
  const reach: typeof probe.reach = (target, timeoutMs) => fakeNodeProbe(met()).reach(target, timeoutMs)
  return { ...services, nodeProbe: async () => ({ ...probe, reach }) }
}

const states = ({ data }: { data: ClusterStatusJson }) => data.operators.map(({ state }) => state)
const failing = ({ data }: { data: ClusterStatusJson }) =>
  data.checks.filter(({ status }) => status === 'fail').map(({ id }) => id)
const sentence = ({ data }: { data: ClusterStatusJson }, id: string) =>
  data.checks.find((one) => one.id === id)?.summary ?? null
const text = ({ data }: { data: ClusterStatusJson }) => clusterStatusText(data, plainPaint)

describe('own probes', () => {
  it('as a node of more than can answer each other ask no more than a stranger may', async () => {
    const crowd = () => snapshotAt({ nodes: [...listedNodes, ...Array<PlainNode>(1_400).fill(node(0))] })
    const world = worldOf({ snapshot: crowd })
    const result = await world.asNode()
    expect(states(result)).toEqual(Array(5).fill('up'))
    expect(sentence(result, 'node-key')).toMatch(/was not asked: .*; in a cluster of so many nodes their answers/)
    expect(world.probe.asked.filter((asked) => asked.endsWith('Metrics'))).toEqual([])
  })

  it('as a node tell all of everybody, by one connection to each', async () => {
    const world = worldOf()
    const result = await world.asNode()
    expect(result.exitCode).toBe(0)
    expect(states(result)).toEqual(['up', 'up', 'up', 'up', 'up'])
    expect(result.data.asked).toEqual({ probes: { as: own.peerId }, via: null })
    expect(result.data.operators[1]?.nodes[0]).toMatchObject({
      ...{ index: 0, state: 'up', caught_up: true, database: true, software_version: 260_209.1, not_up_since: null },
      ...{ probe: 'up', via: 'not-asked' },
    })
    expect(world.probe.asked).toHaveLength(10)
    expect(world.probe.asked.every((asked) => asked.endsWith(':3011 Metrics'))).toBe(true)
    expect(world.probe.open().now).toBe(0)
    expect(result.data.quorum?.replicas).toEqual({ five: 65_536, four: 0, three: 0, fewer: 0 })
    expect(result.data.versions.nodes).toEqual([{ version: 260_209.1, count: 10 }])
  })

  it('as a stranger tell who is there, and that more was not asked', async () => {
    const world = worldOf()
    const result = await world.status()
    expect(states(result)).toEqual(['up', 'up', 'up', 'up', 'up'])
    expect(result.data.operators[0]?.nodes[0]).toMatchObject({ caught_up: null, database: null })
    expect(result.data.checks.find(({ id }) => id === 'node-key')?.status).toBe('skip')
    expect(world.probe.asked.every((asked) => asked.endsWith(':3010 Cluster2'))).toBe(true)
  })

  it('take turns between operators, and no more connections than they may', async () => {
    const world = worldOf()
    await world.asNode({ concurrency: '2' })
    expect(world.probe.asked.slice(0, 5).map((asked) => asked.split(':')[0])).toEqual(
      NODES.map(([first]) => `20.0.${first}.1`),
    )
    expect(world.probe.open().most).toBeLessThanOrEqual(2)
  })

  it('count an outage: two of five are borne, the third is one too many', async () => {
    const two = await worldOf({ met: withoutOperators(3, 4) }).asNode()
    expect(two.exitCode).toBe(0)
    expect(states(two)).toEqual(['up', 'up', 'up', 'down', 'down'])
    expect(two.data.quorum?.one_outage).toEqual({ shards: 65_536, share: 1, operators: [0, 1, 2] })
    expect(sentence(two, 'one-outage')).toMatch(/^all keys have no replica to spare: .*"mine", "one", "two"/)
    const strict = await worldOf({ met: withoutOperators(3, 4) }).asNode({ strict: true })
    expect([strict.exitCode, failing(strict)]).toEqual([8, ['one-outage']])
    const three = await worldOf({ met: withoutOperators(2, 3, 4) }).asNode()
    expect([three.exitCode, failing(three)]).toEqual([8, ['quorum']])
    expect(sentence(three, 'quorum')).toMatch(/^all keys have fewer than three live replicas/)
    expect(text(three)).toMatch(/^4 +DOWN +four +0\/2/m)
    expect(text(three)).toMatch(/^four 1 +silent .*does not answer at its secondary port/m)
  })

  it('tell silence, a refusal, somebody else, and what could not be asked apart', async () => {
    const met: Met = {
      ...withoutOperators(1, 2, 3),
      '20.0.40.1:3011': { kind: 'closed' },
      '20.0.40.1:3010': { kind: 'closed' },
      '20.0.42.1:3011': answers(peerId(7), refused),
      '20.0.42.1:3010': answers(peerId(7), refused),
      '20.0.43.1:3010': answers(peerId(43), refused),
      '20.0.44.1:3011': { kind: 'unreachable', reason: 'this machine has no route there (ENETUNREACH)' },
      '20.0.44.1:3010': { kind: 'unreachable', reason: 'this machine has no route there (ENETUNREACH)' },
      '20.0.45.1:3011': { kind: 'quic', roundTripMs: 1, handshake: { kind: 'refused' } },
      '20.0.45.1:3010': { kind: 'quic', roundTripMs: 1, handshake: { kind: 'refused' } },
    }
    const nodes = [...listedNodes, placeholder(3), placeholder(4)]
    const { data } = await worldOf({ met, snapshot: () => snapshotAt({ nodes }) }).asNode()
    expect(data.operators.map((operator) => operator.nodes.map(({ state }) => state))).toEqual([
      ['up', 'up', 'not-asked', 'not-asked'],
      ['refusing', 'silent'],
      ['somebody-else', 'one-port'],
      ['unknown', 'refusing'],
      ['up', 'up'],
    ])
    expect(data.operators.map(({ state, live }) => [state, live])).toEqual([
      ['partly', true],
      ['down', false],
      ['partly', true],
      ['unknown', null],
      ['up', true],
    ])
    for (const { state, problem } of data.operators.flatMap((operator) => operator.nodes))
      expect(problem === null).toBe(state === 'up')
  })

  it('count on nobody of whom nothing is known, and say so', async () => {
    const unreachable: PortReport = { kind: 'unreachable', reason: 'no route' }
    const nowhere = Object.fromEntries(
      [44, 45, 46, 47].flatMap((n) => [`20.0.${n}.1:3010`, `20.0.${n}.1:3011`].map((place) => [place, unreachable])),
    )
    const result = await worldOf({ met: { ...withoutOperators(2, 3, 4), ...nowhere } }).asNode()
    expect(result.exitCode).toBe(8)
    expect(sentence(result, 'quorum')).toMatch(/2 operators of whom that is not known counted as down/)
  })

  it('see databases and lags: who is without a database holds no replica, who lags by a version still does', async () => {
    const met = {
      ...allUp,
      ...operatorUp(1, { database: 'down' }),
      ...operatorUp(2, { clusterVersion: 7 }),
      ...operatorUp(3, { database: 'silent' }),
      ...up(46, { database: 'down' }),
    }
    const result = await worldOf({ met }).asNode()
    expect(states(result)).toEqual(['up', 'no-database', 'partly', 'up', 'partly'])
    expect(result.data.quorum?.replicas).toEqual({ five: 0, four: 65_536, three: 0, fewer: 0 })
    expect(result.data.operators[2]?.nodes[0]).toMatchObject({ cluster_behind: 2, caught_up: false })
    expect(result.data.operators[3]?.nodes[0]?.database).toBeNull()
    const behind = await worldOf({
      met: { ...allUp, ...operatorUp(2, { keyspaceVersion: 0 }) },
      snapshot: () => snapshotAt({ nodes: listedNodes, keyspaceVersion: 2n }),
    }).asNode()
    expect(new Set(states(behind))).toEqual(new Set(['behind']))
  })

  it('say where it may be this machine', async () => {
    const alone = await worldOf({ met: {} }).asNode()
    expect(sentence(alone, 'here')).toMatch(/^no node of any operator answers: that may be this machine/)
    expect(alone.exitCode).toBe(8)
  })

  it('ask nobody without the key of the cluster, or where nothing would be proven', async () => {
    const keyless = worldOf({ key: false })
    expect(await rejectedBy(keyless.status())).toMatchObject({ code: 'SETTING_MISSING' })
    const unproven = worldOf({ unproven: 'no addon' })
    expect(await rejectedBy(unproven.status())).toMatchObject({ code: 'PROBE_UNAVAILABLE' })
    expect([...keyless.probe.asked, ...unproven.probe.asked]).toEqual([])
  })

  it('watched say since when', async () => {
    let met = allUp
    const result = await run(
      meeting(() => met),
      { watch: true, interval: '10s' },
    )
    const more = result.more?.[Symbol.asyncIterator]()
    const since = (seen: ClusterStatusJson | undefined) => seen?.operators[4]?.nodes[0]?.not_up_since
    expect(since(result.data)).toBeNull()
    met = withoutOperators(4)
    const second = (await more?.next())?.value?.data as ClusterStatusJson
    const third = (await more?.next())?.value?.data as ClusterStatusJson
    expect(since(second)).toBe(second.checked_at)
    expect([since(third), third.checked_at > second.checked_at]).toEqual([second.checked_at, true])
    met = allUp
    expect(since((await more?.next())?.value?.data)).toBeNull()
  })
})

describe('nodes that come and go', () => {
  const seen = (states: readonly NodeState[]): readonly SeenOperator[] => [
    {
      ...{
        slot: 3,
        name: 'flaps',
        nodes: states.map((state, index) => ({ ...NODE, index, peerId: peerId(index), state })),
      },
    } as unknown as SeenOperator,
  ]
  const NODE = { caughtUp: null, database: null } as const

  it('are told of once for each time', () => {
    const state = fc.constantFrom<NodeState>('up', 'silent', 'one-port')
    fc.assert(
      fc.property(fc.array(fc.tuple(state, state), { minLength: 1, maxLength: 30 }), (looks) => {
        const changes = createChanges()
        const told = looks.map((states) => changes(seen(states)))
        expect(told[0]).toBeNull()
        const now = looks.map((states) => [...states])
        for (const [place, some] of told.entries()) {
          const before = now[place - 1]
          for (const { index, from, to } of some ?? []) {
            expect([from, to]).toEqual([before?.[index], now[place]?.[index]])
            expect(from).not.toBe(to)
          }
          const differing = now[place]?.filter((one, index) => before && one !== before[index])
          expect(some?.length ?? 0).toBe(before ? differing?.length : 0)
        }
      }),
    )
  })

  it('come with what they are, and go with what they were', () => {
    const changes = createChanges()
    changes(seen(['up']))
    const node = { slot: 3, name: 'flaps', peer_id: peerId(1), index: 1 }
    expect(changes(seen(['up', 'silent']))).toEqual([{ ...node, from: null, to: 'silent' }])
    expect(changes(seen(['up']))).toEqual([{ ...node, from: 'silent', to: null }])
    expect(changes(seen(['up']))).toEqual([])
  })

  it('are on the screen, and a node that fell behind is one of them', async () => {
    let met = allUp
    const result = await run(
      meeting(() => met),
      { nodeKeyFile: KEY_FILE, watch: true, interval: '1s' },
    )
    const more = result.more?.[Symbol.asyncIterator]()
    expect([result.data.changed, text(result)]).toEqual([null, expect.not.stringContaining('changed')])
    met = { ...withoutOperators(4), ...operatorUp(1, { clusterVersion: 5 }) }
    const next = (await more?.next())?.value as { data: ClusterStatusJson }
    expect(next.data.changed?.map(({ slot, index, from, to }) => [slot, index, from, to])).toEqual([
      [1, 0, 'up', 'behind'],
      [1, 1, 'up', 'behind'],
      [4, 0, 'up', 'silent'],
      [4, 1, 'up', 'silent'],
    ])
    expect(text(next)).toMatch(/changed +one 0 up → behind, one 1 up → behind, four 0 up → silent/)
    await more?.return?.()
  })
})

describe('through a node of one’s own', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })
  const serve = async (page: string) => {
    const server = createServer((_, response) => response.end(page))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const lines = (name: string, nodes: number, version = 9) =>
    `${Array.from({ length: nodes }, (_, index) =>
      [
        ['version', 260_209.1],
        ['cluster_version', version],
        ['keyspace_version', 0],
      ]
        .map(
          ([metric, value]) =>
            `wcn_node_${metric}{operator="${name}",service_kind="node",node_idx="${index}"} ${value}\n`,
        )
        .join(''),
    ).join('')}wcn_db_version{operator="${name}",service_kind="db"} 260209.1\n`
  const page = (...names: readonly string[]) => names.map((name) => lines(name, 2)).join('')

  const connections = (name: string, peers: readonly number[]) =>
    peers
      .map(
        (n) =>
          `wcn_rpc_client_connection_errors{remote_addr="20.0.${n}.1:3010",remote_peer_id="${peerId(n)}",kind="Quic",operator="${name}",service_kind="node",node_idx="0"} 0\n`,
      )
      .join('')

  it('peers that are not on chain are databases, or were nodes once', async () => {
    const via = await serve(page(...NAMES) + connections('mine', [60, 40, 61]))
    expect(states(await worldOf({ key: false }).status({ via }))).toEqual(Array(5).fill('up'))
  })

  it('everybody is there, also who is missing on the page, and no key is needed', async () => {
    const world = worldOf({ key: false })
    const result = await world.status({ via: await serve(page('mine', 'one', 'two', 'four')) })
    expect(states(result)).toEqual(['up', 'up', 'up', 'down', 'up'])
    expect(result.data.operators[3]?.nodes.map(({ state, probe, via }) => [state, probe, via])).toEqual([
      ['silent', 'not-asked', 'silent'],
      ['silent', 'not-asked', 'silent'],
    ])
    expect(result.data.asked).toMatchObject({ probes: null, via: { whole: true } })
    expect(world.probe.asked).toEqual([])
    expect(result.data.quorum?.replicas.four).toBe(65_536)
  })

  it('and from here: what differs is said, and whoever answers one of them is there', async () => {
    const via = await serve(page(...NAMES))
    const same = await worldOf().asNode({ via })
    expect(sentence(same, 'here')).toBe('this machine and your node see the same')
    const here = await worldOf({ met: withoutOperators(3, 4) }).asNode({ via })
    expect(sentence(here, 'here')).toMatch(/^4 nodes answer your node and not this machine/)
    expect(states(here)).toEqual(['up', 'up', 'up', 'up', 'up'])
    expect(here.data.operators[4]?.nodes[0]).toMatchObject({ probe: 'silent', via: 'up', database: true })
    expect(sentence(await worldOf({ met: {} }).asNode({ via }), 'here')).toMatch(/^it is this machine/)
    const there = await worldOf().asNode({ via: await serve(page('mine', 'one')) })
    expect(sentence(there, 'here')).toMatch(/^6 nodes answer this machine and not your node/)
  })

  it.each([
    ['no URL', 'nonsense', 'SETTING_INVALID', /"nonsense" is no http:/],
    ['another scheme', 'ftp://127.0.0.1/', 'SETTING_INVALID', /is no http:/],
  ])('%s is refused', async (_, via, code, message) => {
    expect(await rejectedBy(worldOf().status({ via }))).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it.each([
    [
      'of another cluster',
      () => page('somebody', 'else'),
      /is a node of another cluster: it tells of "somebody", "else"/,
    ],
    [
      'of a cluster with the same operators',
      () => NAMES.map((name) => lines(name, 2, 90)).join(''),
      /tells of cluster version 90, and this one is at 9/,
    ],
    [
      'of a cluster with the same operators at the same version',
      () => page(...NAMES) + connections('mine', [60, 61, 62]),
      /none of which is in this one/,
    ],
    ['of no node', () => '<html>', /tells of no operator/],
  ])('a page %s is refused', async (_, made, message) => {
    const via = await serve(made())
    expect(await rejectedBy(worldOf().status({ via }))).toMatchObject({
      code: 'SETTING_INVALID',
      message: expect.stringMatching(message),
    })
  })

  it('an address where nobody is is refused, and no password in it repeated', async () => {
    const via = (await serve('')).replace('//', '//user:hunter2@')
    for (const end of ends.splice(0)) end()
    const error = await rejectedBy(worldOf().status({ via }))
    expect(error).toMatchObject({
      code: 'NETWORK',
      message: expect.stringMatching(/can't be read at 127\.0\.0\.1:\d+: nothing listens/),
    })
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  it('nobody speaks for another: names that are several operators’, lines that are there twice, line breaks', async () => {
    const twins = () => snapshotAt({ nodes: listedNodes, others: ['one', 'one', 'three', 'four'] })
    const same = await worldOf({ snapshot: twins, key: false }).status({
      via: await serve(page('mine', 'one', 'three', 'four')),
    })
    expect(states(same)).toEqual(['up', 'unknown', 'unknown', 'up', 'up'])
    const twice = await worldOf({ key: false }).status({ via: await serve(page(...NAMES) + page('two')) })
    expect(states(twice)).toEqual(['up', 'up', 'unknown', 'up', 'up'])
    const broken = () =>
      snapshotAt({ nodes: listedNodes, others: ['one', 'two', `x"}\n${lines('four', 2)}`.slice(0, 60), 'four'] })
    const world = worldOf({ snapshot: broken, key: false })
    expect(new Set(states(await world.status({ via: await serve(page('mine', 'one', 'two', 'four')) })))).toEqual(
      new Set(['unknown']),
    )
    expect(world.services.said.join()).toMatch(/slot 3 has line breaks/)
  })

  it('a page that never ends is cut off: who was told of is known', async () => {
    const server = createServer((_, response) => {
      response.write(page('mine', 'one'))
      response.write(lines('two', 1))
      const more = () => {
        while (!response.destroyed && response.write(`${'x'.repeat(65_536)}\n`));
        response.once('drain', more)
      }
      more()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const world = worldOf({ key: false })
    const result = await world.status({
      via: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics/cluster`,
    })
    expect(states(result)).toEqual(['up', 'up', 'unknown', 'unknown', 'unknown'])
    expect(result.data.asked.via?.whole).toBe(false)
    expect([result.exitCode, world.services.said.join()]).toEqual([
      8,
      expect.stringContaining('more than any cluster has'),
    ])
  })
})
