/** What `nodes check` makes of its flags and of what it meets; the ports are made up. test/e2e has real ones. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createDeadline } from '../../src/base/deadline.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import type { AccountSnapshot, Chain, ClusterSnapshot } from '../../src/chain/chain.js'
import { plainPaint } from '../../src/cli/paint.js'
import type { ActionResult } from '../../src/cli/services.js'
import { keyFingerprint as fingerprintOf } from '../../src/cluster/encryption-key-evidence.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { NodesCheckJson } from '../../src/health/nodes-check.js'
import { type Input, run } from '../../src/health/nodes-check.js'
import { nodesCheckText } from '../../src/health/view-nodes-check.js'
import type { PortReport } from '../../src/peer/node-probe.js'
import { snapshotAt } from '../support/cluster-at.js'
import { fakeClock } from '../support/fake-clock.js'
import { accepted, answers, type FakeNodeProbe, fakeNodeProbe, refused } from '../support/fake-node-probe.js'
import { neverInterrupted } from '../support/interruption.js'
import { memoryState } from '../support/memory-state.js'
import { node, peerId, placeholder } from '../support/nodes.js'
import { memoryFiles } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { type Overrides, testServices } from '../support/services.js'
import { databaseMetrics, nodeMetrics } from '../support/test-node-metrics.js'
import { OPERATOR, OWN_NODES, WRONG_KEY } from '../support/use-real-cluster.js'

const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
const DATABASE = peerId(30)

type Met = Parameters<typeof fakeNodeProbe>[0]

const GENESIS = '0x11'
const readAccount = async () =>
  ({ chainId: 31337, genesisHash: GENESIS }) as Partial<AccountSnapshot> as AccountSnapshot

/** Both ports of the node with this number, as they should answer. */
function healthy(n: number): Met {
  const shown = JSON.parse(
    JSON.stringify(clusterAnswer(snapshotAt().view), (_, v) => (typeof v === 'bigint' ? Number(v) : v)),
  ) as unknown
  return {
    [`20.0.${n}.1:3010`]: answers(
      peerId(n),
      accepted(() => ({ kind: 'ok', value: shown })),
    ),
    [`20.0.${n}.1:3011`]: answers(peerId(n), refused),
  }
}

const allHealthy: Met = { ...healthy(0), ...healthy(1), ...healthy(2) }

interface World {
  readonly met?: Met
  readonly unproven?: string
  readonly snapshot?: () => ClusterSnapshot
  readonly files?: Readonly<Record<string, string>>
  /** What TCP ports serve, by `host:port`. */
  readonly pages?: Readonly<Record<string, string>>
  readonly services?: Overrides
}

function worldOf({ met = allHealthy, unproven, snapshot = snapshotAt, files, pages = {}, services }: World = {}) {
  const probe: FakeNodeProbe = fakeNodeProbe(met, unproven === undefined ? {} : { unproven })
  const opened: unknown[] = []
  const made = testServices({
    nodeProbe: async (identity) => {
      opened.push(identity)
      return probe
    },
    metrics: async () => ({ read: async (host, port) => pages[`${host}:${port}`] ?? null }),
    chain: async () => ({ readCluster: async () => snapshot(), readAccount }) as Partial<Chain> as Chain,
    state: async () => memoryState(),
    clock: fakeClock(),
    ...(files ? { files: memoryFiles(files) } : {}),
    ...services,
    settings: {
      operator: async () => OPERATOR,
      encryptionKey: async () => KEY,
      requireEncryptionKey: async () => KEY,
      ...services?.settings,
    },
  })
  const check = (input: Partial<Input> = {}) => run(made, { nodes: [], ...input })
  return { services: made, probe, opened, check }
}

const text = (result: Pick<ActionResult<NodesCheckJson>, 'data'>) => nodesCheckText(result.data, plainPaint)
const labels = ({ data }: ActionResult<NodesCheckJson>) => data.nodes.map((health) => health.node.label)

describe('nodes', () => {
  it('looks at all on chain, as a stranger', async () => {
    const { check, opened, probe } = worldOf()
    const result = await check()
    expect(result).toMatchObject({
      exitCode: 0,
      data: { cluster: { operator: OPERATOR, version: 9, block: { number: 100 } }, databases: [], changed: null },
    })
    expect(result.data.nodes.map(({ operational }) => operational)).toEqual([true, true, true])
    expect(opened).toEqual([null])
    expect(probe.open().now).toBe(0)
    expect(text(result)).toMatch(/^operator 0x\w+, cluster version 9, /)
    expect(text(result)).toMatch(/^up +nodes\[2\] +20\.0\.2\.1 +3010 ok 4\.6 ms +3011 ok 12 ms +ok$/m)
    expect(text(result)).toMatch(/skip {2}what nodes tell only each other was not asked/)
    expect(text(result)).toMatch(/\n3 of 3 nodes are up\.\n$/)
  })

  it('asks no stranger where the encryption key is not the cluster’s', async () => {
    const placeholders = () => snapshotAt({ nodes: [placeholder(1), placeholder(2)] })
    const contradicted = worldOf({
      snapshot: placeholders,
      services: { settings: { requireEncryptionKey: async () => WRONG_KEY } },
    })
    expect(await rejectedBy(contradicted.check())).toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' })
    expect(contradicted.probe.asked).toEqual([])
    // Nothing on chain tells; but another one was written with.
    const state = memoryState()
    const { chainId, contract } = snapshotAt()
    const keyFingerprint = fingerprintOf(KEY, { chainId, contract })
    await state.remember({ chainId, genesisHash: GENESIS, contract }, { implementation: null, keyFingerprint })
    const services = { state: async () => state }
    const other = worldOf({ services: { ...services, settings: { requireEncryptionKey: async () => WRONG_KEY } } })
    expect(await rejectedBy(other.check())).toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' })
    expect(other.probe.asked).toEqual([])
    expect((await worldOf({ services }).check()).exitCode).toBe(0)
  })

  it('doubts an encryption key that nothing proves where no node is at its address', async () => {
    const doubts = async (world: World) =>
      (await worldOf(world).check()).data.checks.some(({ id }) => id === 'encryption-key')
    expect(await doubts({ met: {} })).toBe(true)
    expect(await doubts({ met: healthy(2) })).toBe(false)
    expect(await doubts({ met: {}, snapshot: () => snapshotAt({ nodes: [node(0), placeholder(1)] }) })).toBe(false)
    expect(await doubts({ met: {}, unproven: 'no addon' })).toBe(false)
  })

  it('looks at those that are named, once each and in their order', async () => {
    const { check } = worldOf()
    expect(labels(await check({ nodes: ['20.0.2.1:3010', '0', peerId(2), '2'] }))).toEqual(['nodes[0]', 'nodes[2]'])
    expect(labels(await check({ nodes: ['1', 'all'] }))).toEqual(['nodes[0]', 'nodes[1]', 'nodes[2]'])
  })

  it('fails with a sentence and exit code 8 for one that does not answer', async () => {
    const { check } = worldOf({ met: { ...healthy(0), ...healthy(1) } })
    const result = await check()
    expect(result.exitCode).toBe(8)
    expect(text(result)).toMatch(/^NOT UP +nodes\[2\] +20\.0\.2\.1 +3010 no answer +3011 no answer/m)
    expect(text(result)).toMatch(/^FAIL {2}nodes\[2\]: does not answer at its primary port/m)
    expect(text(result)).toMatch(/\n2 of 3 nodes are up\.\n$/)
  })

  it('says once for all of them that nothing can be proven, and does not fail for it', async () => {
    const quic: PortReport = { kind: 'quic', roundTripMs: 1, handshake: { kind: 'not-tried' } }
    const met = Object.fromEntries(Object.keys(allHealthy).map((place) => [place, quic]))
    const result = await worldOf({ met, unproven: 'no addon' }).check()
    expect(result.exitCode).toBe(0)
    expect(text(result)).toMatch(/^unproven +nodes\[0\] +20\.0\.0\.1 +3010 QUIC, unproven/m)
    expect(text(result).match(/^warn/gm)).toHaveLength(1)
    expect(text(result)).toMatch(/who answers can't be proven here: no addon\n +install .*--include=optional/)
    expect(text(result)).toMatch(/\n3 of 3 nodes answer; who they are is not proven\.\n$/)
    const one = await worldOf({ met: { ...met, '20.0.1.1:3010': { kind: 'closed' } }, unproven: 'no addon' }).check()
    expect(one.exitCode).toBe(8)
    expect(text(one)).toMatch(/\n2 of 3 nodes answer; who they are is not proven\.\n$/)
  })

  it('names of what was not asked only what is not told by other ways', async () => {
    const page = nodeMetrics({ clusterVersion: 9n, keyspaceVersion: 0n })
    const pages = { '10.0.0.1:9100': page, '10.0.0.2:9100': page, '10.0.0.3:9100': page }
    const skipped = async (metrics: readonly string[]) =>
      (await worldOf({ pages }).check({ metrics })).data.checks.find(({ id }) => id === 'node-key')?.summary
    const all = ['0=10.0.0.1:9100', '1=10.0.0.2:9100', '2=10.0.0.3:9100']
    expect(await skipped([])).toMatch(/was not asked: their versions, how far they are, and whether their databases/)
    expect(await skipped(all)).toMatch(/was not asked: whether their databases are up$/)
    expect(await skipped(all.slice(1))).toMatch(
      /was not asked: whether their databases are up, and the version of nodes\[0\] and how far it is$/,
    )
    expect(await skipped(all.slice(2))).toMatch(/and the versions of nodes\[0\] and nodes\[1\] and how far they are$/)
  })

  it('looks at the nodes of a file, on chain or not yet', async () => {
    const nodes = [node(1), node(7, { ipv4Addr: OWN_NODES[0]?.ipv4Addr ?? node(0).ipv4Addr })].map((one) => ({
      peer_id: one.peerId,
      ipv4_addr: one.ipv4Addr,
      primary_port: one.primaryPort,
      secondary_port: one.secondaryPort,
    }))
    const stranger = async (): Promise<never> => Promise.reject(new WcnError('SETTING_MISSING', 'no key'))
    const { check } = worldOf({
      files: { 'nodes.yaml': JSON.stringify({ nodes }) },
      services: { settings: { encryptionKey: stranger, requireEncryptionKey: stranger } },
    })
    const result = await check({ file: 'nodes.yaml' })
    expect(result.data.nodes.map(({ node }) => [node.label, node.index])).toEqual([
      ['nodes[0]', 1],
      ['nodes[1]', null],
    ])
    expect(result.data.nodes[1]?.primary).toMatchObject({ diagnosis: 'other-own-node', peer_id: peerId(0) })
  })

  it('fails where there is nothing to look at', async () => {
    const result = await worldOf({ files: { 'nodes.yaml': 'nodes: []' } }).check({ file: 'nodes.yaml' })
    expect(result).toMatchObject({ exitCode: 8, data: { checks: [{ id: 'nodes', status: 'fail' }] } })
    expect(text(result)).toMatch(/nothing was found to look at\.\n$/)
  })

  it.each<[string, Partial<Input>, string, RegExp]>([
    ['a node that is not there', { nodes: ['3'] }, 'SELECTOR_NO_MATCH', /no node of this operator matches "3"/],
    [
      'no node at all',
      { nodes: ['first'] },
      'PEER_ID_INVALID',
      /the node is "first", which is no index from 0, no peer ID and no ip:port/,
    ],
    ['an IPv6 node', { nodes: ['[::1]:3010'] }, 'IP_ADDRESS_INVALID', /IPv6/],
    ['nodes and a file', { nodes: ['0'], file: 'nodes.yaml' }, 'USAGE', /which are meant/],
    ['a missing file', { file: 'nodes.yaml' }, 'FILE_UNREADABLE', /nodes.yaml/],
    ['a negative interval', { watch: true, interval: '-1s' }, 'SETTING_INVALID', /--interval/],
    ['an interval without a watch', { interval: '5s' }, 'USAGE', /--watch/],
    ['a negative probe timeout', { probeTimeout: '-5' }, 'SETTING_INVALID', /--probe-timeout/],
    ['no concurrency', { concurrency: '0' }, 'SETTING_INVALID', /--concurrency/],
  ])('refuses %s', async (_, input, code, sentence) => {
    const error = await rejectedBy(worldOf({ files: {} }).check(input))
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) })
  })

  it('needs the encryption key for nodes on chain', async () => {
    const requireEncryptionKey = async () =>
      Promise.reject(new WcnError('SETTING_MISSING', 'the encryption key is not set'))
    const error = await rejectedBy(worldOf({ services: { settings: { requireEncryptionKey } } }).check())
    expect(error.code).toBe('SETTING_MISSING')
  })
})

describe('a database', () => {
  const open = accepted((request) => ({ kind: 'ok', value: request === 'db' ? databaseMetrics() : null }))
  const here: Met = { '20.0.9.9:3000': answers(DATABASE, open), '20.0.9.9:3001': answers(DATABASE, open) }
  /** No cluster is configured. */
  const nowhere = async (): Promise<never> => Promise.reject(new Error('the chain was not expected to be read'))

  it('is looked at alone, without any setting', async () => {
    const { check, probe } = worldOf({ services: { chain: nowhere } })
    const result = await check({ database: ['20.0.9.9', '20.0.9.9'] })
    expect(result).toMatchObject({ exitCode: 0, data: { cluster: null, nodes: [] } })
    expect(result.data.databases).toMatchObject([{ inside: false, ports: [{ met: 'silent' }, { met: 'silent' }] }])
    expect(probe.asked).toEqual(['20.0.9.9:3000 Database', '20.0.9.9:3001 Metrics'])
    expect(text(result)).toMatch(/^pass {2}database\[20\.0\.9\.9\] \(3\)$/m)
    const whole = nodesCheckText(result.data, plainPaint, false, true)
    expect(whole).toMatch(/^pass {2}nothing answers at 20\.0\.9\.9:3000 \(UDP\)$/m)
    expect(text(result)).toMatch(/the database at 20\.0\.9\.9 answers nobody\.\n$/)
  })

  it('is named with the port where one was given', async () => {
    const result = await worldOf({ services: { chain: nowhere } }).check({
      database: ['20.0.9.9:3000', '20.0.9.9:3001'],
    })
    expect(text(result)).toMatch(
      /\nthe database at 20\.0\.9\.9:3000 answers nobody; the database at 20\.0\.9\.9:3001 answers nobody\.\n$/,
    )
  })

  it('fails where it is public, with what was reached', async () => {
    const { check, probe } = worldOf({ met: here, pages: { '20.0.9.9:3002': databaseMetrics() } })
    const result = await check({ database: ['20.0.9.9'] })
    expect(result.exitCode).toBe(8)
    expect(result.data.checks.map(({ status }) => status)).toEqual(['fail', 'fail', 'fail'])
    expect(result.data.databases).toMatchObject([
      {
        ipv4_addr: '20.0.9.9',
        ports: [
          { port: 3000, met: 'answers', peer_id: DATABASE, api: 'Database', api_answer: 'accepted' },
          { port: 3001, met: 'answers', peer_id: DATABASE, api: 'Metrics', api_answer: 'accepted' },
        ],
        metrics: { source: 'quic', software_version: expect.any(Number) },
      },
    ])
    expect(probe.open().now).toBe(0)
    expect(text(result)).toMatch(/the database at 20\.0\.9\.9 is not closed\.\n$/)
  })

  it('must answer from inside, as itself', async () => {
    const { check } = worldOf({ met: here })
    const input = { database: ['20.0.9.9'], inside: true }
    expect(await check({ ...input, databasePeerId: DATABASE })).toMatchObject({ exitCode: 0 })
    expect(await check({ ...input, databasePeerId: peerId(1) })).toMatchObject({ exitCode: 8 })
    expect(await worldOf().check(input)).toMatchObject({ exitCode: 8 })
  })

  it('is looked at along with nodes that are named; where these are not heard its silence proves nothing', async () => {
    const input = { nodes: ['all'], database: ['20.0.9.9'] }
    expect((await worldOf().check(input)).data.databases[0]?.checks[0]).toMatchObject({ status: 'pass' })
    const deaf = await worldOf({ met: {} }).check(input)
    expect(deaf.data.databases[0]?.checks[0]).toMatchObject({ status: 'warn' })
    expect(text(deaf)).toMatch(/0 of 3 nodes are up; the database at 20\.0\.9\.9 is not known to be well\.\n$/)
  })

  it.each<[string, Partial<Input>, string, RegExp]>([
    ['a host name', { database: ['db.internal'] }, 'IP_ADDRESS_INVALID', /host name/],
    ['--inside alone', { inside: true }, 'USAGE', /--inside is about a database/],
    ['a peer ID alone', { databasePeerId: DATABASE }, 'USAGE', /--database-peer-id is about a database/],
    [
      'a peer ID from outside',
      { database: ['20.0.9.9'], databasePeerId: DATABASE },
      'USAGE',
      /from outside nobody may/,
    ],
    [
      'no peer ID',
      { database: ['20.0.9.9'], inside: true, databasePeerId: 'x' },
      'PEER_ID_INVALID',
      /--database-peer-id/,
    ],
  ])('refuses %s', async (_, input, code, sentence) => {
    const error = await rejectedBy(worldOf({ services: { chain: nowhere } }).check(input))
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence), hint: expect.any(String) })
  })
})

describe('--watch', () => {
  /** Stops after so many pauses; `at` runs in each. */
  function watching(pauses: number, at: (pause: number) => void) {
    const controller = new AbortController()
    let pause = 0
    const clock = fakeClock(() => {
      pause++
      at(pause)
      if (pause > pauses) controller.abort()
    })
    return { clock, interruption: neverInterrupted({ signal: controller.signal }) }
  }

  async function looks(result: ActionResult<NodesCheckJson>) {
    const seen: Pick<ActionResult<NodesCheckJson>, 'data' | 'exitCode'>[] = []
    for await (const next of result.more ?? []) seen.push(next)
    return seen
  }

  it('tells only what changed, until it is interrupted', async () => {
    const met: { [place: string]: Met[string] } = { ...allHealthy }
    const services = watching(3, (pause) => {
      if (pause === 2) for (const port of [3010, 3011]) met[`20.0.1.1:${port}`] = { kind: 'closed' }
      if (pause === 3) Object.assign(met, healthy(1))
    })
    const { check, opened } = worldOf({ met, services })
    const result = await check({ watch: true, interval: '7s', database: ['20.0.9.9'], nodes: ['all'] })
    const [same, down, back, ...rest] = await looks(result)
    expect(rest).toEqual([])
    expect(services.clock.pauses).toEqual([7000, 7000, 7000, 7000])
    expect([result, same, down, back].map((look) => look?.exitCode)).toEqual([0, 0, 8, 0])
    expect(same && text(same)).toBe(
      '2026-09-21 14:13:27 UTC  3 of 3 nodes are up; the database at 20.0.9.9 answers nobody.\n',
    )
    expect(down?.data.changed).toEqual(['nodes[1].primary-port', 'nodes[1].secondary-port'])
    expect(down && text(down)).toMatch(/2 of 3 nodes are up; .*\nFAIL {2}nodes\[1\]: is not there/)
    expect(down && text(down)).not.toContain('over')
    expect(back && text(back)).toMatch(/3 of 3 nodes are up; .*\npass {2}nodes\[1\]: answers as itself/)
    // One of the examiner's, one for the database: not a socket per look.
    expect(opened).toEqual([null, null])
  })

  it('keeps nothing of the looks before: it may go on for weeks', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const seen: WeakRef<object>[] = []
    const kept = () => {
      collect()
      return seen.filter((look) => look.deref() !== undefined).length
    }
    const result = await worldOf({ services: watching(20, () => {}) }).check({ watch: true })
    for await (const { data } of result.more ?? []) {
      seen.push(new WeakRef(data))
      // While it goes on.
      if (seen.length === 20) await expect.poll(kept).toBeLessThan(5)
    }
    expect(seen).toHaveLength(20)
  })

  it('goes on with what it knows while the chain can not be read', async () => {
    let reads = 0
    const snapshot = () => {
      reads++
      if (reads === 2) throw new WcnError('NETWORK', 'no provider answers', { hint: 'try another' })
      return snapshotAt()
    }
    const { check, services } = worldOf({ snapshot, services: watching(2, () => {}) })
    const result = await check({ watch: true })
    const [stale, fresh] = await looks(result)
    expect(stale).toMatchObject({
      exitCode: 0,
      data: {
        changed: ['cluster'],
        checks: [{ id: 'cluster', status: 'warn' }, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}],
      },
    })
    expect(stale && text(stale)).toMatch(/warn {2}what follows .* earlier state .*: no provider answers\n +try another/)
    expect(fresh?.data.changed).toEqual(['cluster'])
    expect(fresh && text(fresh)).toMatch(/over {2}cluster\n$/)
    expect(services.said).toEqual([])
  })

  it('ends with the time of the command', async () => {
    let ms = 0
    const clock = fakeClock(() => {
      ms += 10_000
    })
    const { check } = worldOf({ services: { clock, deadline: createDeadline(() => ms, 25_000) } })
    expect(await looks(await check({ watch: true }))).toHaveLength(2)
  })

  it('is not begun where the first look fails', async () => {
    const snapshot = () => {
      throw new WcnError('NETWORK', 'no provider answers')
    }
    expect((await rejectedBy(worldOf({ snapshot }).check({ watch: true }))).code).toBe('NETWORK')
  })
})
