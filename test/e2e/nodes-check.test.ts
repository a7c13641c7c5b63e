/** `nodes check` of the built tool, on nodes of every kind that an operator may have: each is told from the others. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { type PlainNode, storeNode } from '../../src/cluster/plain-node.js'
import type { Faults } from '../../src/devnet/stand-in/faults.js'
import type { NodeHealthJson } from '../../src/health/model/node-health.js'
import type { NodesCheckJson } from '../../src/health/nodes-check.js'
import { startWcn } from '../support/background.js'
import { BIN, type CliResult, cleanEnvironment, sandbox, wcn, wcnJson } from '../support/cli.js'
import { viewAt } from '../support/cluster-at.js'
import { useDevnet } from '../support/devnet.js'
import { ENDLESS, GARBAGE, GARBAGE_FRAME } from '../support/interferences.js'
import { ip } from '../support/nodes.js'
import {
  closedPort,
  echoPort,
  httpPort,
  mutePort,
  type OddPort,
  OWN_HOST,
  tcpOnlyPort,
  unfinishedQuicPort,
} from '../support/odd-ports.js'
import { CTRL_C, wcnInTerminal } from '../support/pty.js'
import {
  plainOf,
  quicAvailable,
  randomNodeKeypair,
  startTestDatabase,
  startTestNode,
  type TestStandIn,
  WITHOUT_ADDON,
} from '../support/stand-ins.js'

const box = sandbox()
const running: { stop(): Promise<void> }[] = []
const kept = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const started = await starting
  running.push(started)
  return started
}
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()))
  box.remove()
})

/** Of what takes longer than a second, as on a busy machine. */
const PROGRESS = expect.stringMatching(/^(?:looking at nodes, .*\n)*$/)

describe.skipIf(!quicAvailable)('nodes', () => {
  const net = useDevnet()
  const kinds: { readonly name: string; readonly plain: PlainNode }[] = []
  let healthy: TestStandIn
  let keyFile: string
  let look: Awaited<ReturnType<typeof wcnJson>>
  let shown: CliResult
  let ofFile: Awaited<ReturnType<typeof wcnJson>>
  let unproven: CliResult
  let overHttp: Awaited<ReturnType<typeof wcnJson>>
  const env = () => ({ ...net.cluster, WCN_OPERATOR: net.operators[0]?.address })

  beforeAll(async () => {
    const [mine, others] = net.operators
    if (!mine || !others) throw new Error('the development chain has too few operators')
    const database = await kept(startTestDatabase({ host: OWN_HOST }))
    const add = async (name: string, faults: Faults = {}, own?: NodeKeypair, listed?: NodeKeypair) => {
      const options = { host: OWN_HOST, faults, ...(name === 'database down' ? {} : { database }) }
      const node = await kept(startTestNode(net, own ? { ...options, keypair: own } : options))
      kinds.push({ name, plain: { ...plainOf(node), ...(listed ? { peerId: listed.peerId } : {}) } })
      return node
    }
    const addOdd = async (name: string, make: () => Promise<OddPort>) => {
      const [primary, secondary] = await Promise.all([kept(make()), kept(make())])
      const { peerId } = await randomNodeKeypair()
      const ports = { primaryPort: primary.port, secondaryPort: secondary.port }
      kinds.push({ name, plain: { peerId, ipv4Addr: primary.host, privateIpv4Addr: null, ...ports } })
    }
    healthy = await add('healthy')
    await add('slow', { primary: 'slow', secondary: 'slow' })
    await add('swapped', { swapped: true })
    await add('one port', { secondary: 'off' })
    await add('a stranger', {}, undefined, await randomNodeKeypair())
    await add('another of mine', {}, healthy.keypair, await randomNodeKeypair())
    const theirs = await add("another operator's", {}, undefined, await randomNodeKeypair())
    await add('RPC silent', { primary: 'silent', secondary: 'silent' })
    await add('RPC garbage', { primary: GARBAGE, secondary: GARBAGE })
    await add('refuses its provider', { primary: 'closed' })
    await add('garbage frames', { primary: GARBAGE_FRAME })
    await add('endless frames', { primary: ENDLESS })
    await add('provider down', { shown: () => null })
    await add('provider behind', { shown: behind })
    await add('another cluster', { shown: () => viewAt() })
    await add('behind', { followed: behind })
    await add('database down')
    await add('hostile metrics', { secondary: { says: () => ({ Ok: '\u001b[31m<html>' }) } })
    await addOdd('silent', mutePort)
    await addOdd('closed', closedPort)
    await addOdd('TCP only', tcpOnlyPort)
    await addOdd('not QUIC', echoPort)
    await addOdd('unfinished', unfinishedQuicPort)

    const key = parseEncryptionKey(net.encryptionKey, 'the devnet')
    const data = (nodes: readonly PlainNode[]) =>
      encodeOperatorData({ name: 'acme', nodes: nodes.map((node) => storeNode(node, key)), clients: [] })
    await net.putData(mine, data(kinds.map(({ plain }) => plain)))
    const foreign = (peerId: PlainNode['peerId'], ports: number): PlainNode => ({
      ...{ peerId, ipv4Addr: ip('20.0.9.1'), privateIpv4Addr: null },
      ...{ primaryPort: ports, secondaryPort: ports + 1 },
    })
    const other = foreign((await randomNodeKeypair()).peerId, 4010)
    // Versions go up: some nodes are to be behind.
    for (let write = 0; write < 3; write++)
      await net.putData(others, data([foreign(theirs.peerId, 3010 + 10 * write), other]))

    keyFile = box.path('node.key')
    writeFileSync(keyFile, `${encodeNodeSecretKey(healthy.keypair.secretKey)}\n`, { mode: 0o600 })
    const file = box.path('nodes.json')
    const [{ plain } = fail()] = kinds
    const { peerId: peer_id, ipv4Addr: ipv4_addr, primaryPort: primary_port, secondaryPort: secondary_port } = plain
    writeFileSync(file, JSON.stringify({ nodes: [{ peer_id, ipv4_addr, primary_port, secondary_port }] }))
    const check = ['nodes', 'check']
    const asNode = ['--node-key-file', keyFile]
    const some = ['healthy', 'closed', 'swapped', 'behind'].map(place)
    ;[look, shown, ofFile, unproven, overHttp] = await Promise.all([
      wcnJson([...check, ...asNode, '--probe-timeout', '3s'], { env: env() }),
      wcn([...check, ...asNode, ...some], { env: env() }),
      wcnJson([...check, '-f', file], { env: env() }),
      wcn([...check, '-f', file], { env: { ...env(), ...WITHOUT_ADDON } }),
      wcnJson([...check, '0', '--metrics', `0=${healthy.host}:${healthy.metricsPort}`], { env: env() }),
    ])
  })

  const place = (name: string) => String(kinds.findIndex((kind) => kind.name === name))
  const seen = (name: string): NodeHealthJson => {
    const data = look.data as NodesCheckJson
    const health = data.nodes[Number(place(name))]
    if (!health) throw new Error(`no node is ${name}: ${look.stdout}${look.stderr}`)
    return health
  }
  const summaries = (name: string, status = 'fail') =>
    seen(name).checks.flatMap((check) => (check.status === status ? [check.summary] : []))

  it('ends with exit code 8, and shows no secret', () => {
    expect(look).toMatchObject({ code: 8, ok: false, stderr: PROGRESS, data: { databases: [], changed: null } })
    expect(look.stdout).not.toContain(encodeNodeSecretKey(healthy.keypair.secretKey))
  })

  it.each(['healthy', 'slow'])('finds nothing wrong with one that is %s', (name) => {
    expect(seen(name)).toMatchObject({
      operational: true,
      caught_up: true,
      primary: { diagnosis: 'ok', rtt_ms: expect.any(Number) },
      secondary: { diagnosis: 'ok' },
      provider: { problem: null, same_cluster: true, behind: 0 },
      metrics: { source: 'quic', software_version: expect.any(Number), cluster_behind: 0, keyspace_behind: 0 },
      database: { connected: true },
    })
    expect(summaries(name)).toEqual([])
  })

  it.each([
    ['swapped', 'swapped', 'swapped', /the ports are exchanged/],
    ['one port', 'ok', 'closed', /nothing listens/],
    ['a stranger', 'stranger', 'stranger', /which nobody has on chain/],
    ['another of mine', 'other-own-node', 'other-own-node', /nodes\[0\] of the same operator/],
    ["another operator's", 'other-operator', 'other-operator', /a node of operator "acme"/],
    ['RPC silent', 'rpc-silent', 'rpc-silent', /its RPC server says nothing/],
    ['RPC garbage', 'rpc-garbage', 'rpc-garbage', /answers what none should/],
    ['silent', 'silent', 'silent', /does not answer at its primary port/],
    ['closed', 'closed', 'closed', /nothing listens at its primary port/],
    ['TCP only', 'tcp-only', 'tcp-only', /while TCP is open there/],
    ['not QUIC', 'not-quic', 'not-quic', /that is no QUIC/],
    ['unfinished', 'handshake-unfinished', 'handshake-unfinished', /does not finish a handshake/],
  ])('tells one that is %s', (name, primary, secondary, sentence) => {
    expect(seen(name)).toMatchObject({
      operational: false,
      primary: { diagnosis: primary },
      secondary: { diagnosis: secondary },
    })
    expect(summaries(name).join('\n')).toMatch(sentence)
  })

  it.each([
    ['refuses its provider', /refuses the API/],
    ['garbage frames', /access to the chain does not work/],
    ['endless frames', /access to the chain does not work/],
    ['provider down', /its RPC provider fails/],
    ['another cluster', /another cluster/],
  ])('tells one whose provider is of no use: %s', (name, sentence) => {
    expect(seen(name)).toMatchObject({
      operational: false,
      primary: { diagnosis: 'ok' },
      secondary: { diagnosis: 'ok' },
    })
    expect(summaries(name).join('\n')).toMatch(sentence)
  })

  it('tells who is behind, and whose database is down', () => {
    expect(seen('provider behind')).toMatchObject({ operational: true, provider: { behind: 3 } })
    expect(summaries('provider behind').join('\n')).toMatch(/its RPC provider is 3 versions behind/)
    expect(seen('behind')).toMatchObject({ operational: true, caught_up: false, metrics: { cluster_behind: 3 } })
    expect(summaries('behind').join('\n')).toMatch(/behind the chain by 3 versions/)
    expect(seen('database down')).toMatchObject({ operational: true, database: { connected: false } })
    expect(summaries('database down').join('\n')).toMatch(/not connected to its database/)
    expect(seen('hostile metrics')).toMatchObject({ operational: true, metrics: null, caught_up: null })
  })

  it('has an ID of its own for every check, and a hint for all that is wrong', () => {
    const { checks } = look.data as NodesCheckJson
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
    expect(checks.filter(({ status, hint }) => status === 'fail' && !hint)).toEqual([])
  })

  it('shows people the same in a table', () => {
    expect(shown).toMatchObject({ code: 8, stderr: PROGRESS })
    const line = (name: string) => shown.stdout.split('\n').find((text) => text.includes(` nodes[${place(name)}] `))
    expect(line('healthy')).toMatch(/^up .* ok .* ok .* caught up .* up, \d+ GiB free$/)
    expect(line('swapped')).toMatch(/^NOT UP .* swapped .* swapped/)
    expect(line('closed')).toMatch(/^NOT UP .* closed .* closed/)
    expect(line('behind')).toMatch(/^behind .* ok .* ok .* 3 behind/)
    expect(shown.stdout).toMatch(/^FAIL {2}nodes\[\d+\]: has its .*exchanged\n {6}exchange PRIMARY_RPC_SERVER_PORT/m)
    expect(shown.stdout).toMatch(/\n1 of 4 nodes are up\.\n$/)
  })

  it('looks at a file of nodes, and without the addon says so once', () => {
    expect(ofFile).toMatchObject({ code: 0, data: { nodes: [{ node: { index: 0 }, operational: true }] } })
    expect(unproven).toMatchObject({ code: 0, stderr: PROGRESS })
    expect(unproven.stdout).toMatch(/^unproven +nodes\[0\] .*QUIC, unproven .*QUIC, unproven$/m)
    expect(unproven.stdout.match(/^warn .*can't be proven here/gm)).toHaveLength(1)
  })

  it('reads metrics over plain HTTP where a place is given', () => {
    const metrics = { source: 'http', cluster_behind: 0 }
    expect(overHttp).toMatchObject({ code: 0, data: { nodes: [{ caught_up: true, metrics, database: null }] } })
  })

  it('watches, in a terminal and for scripts, and ends as the last look was', async () => {
    const flags = ['nodes', 'check', '0', '--watch', '--interval', '1s']
    const screen = wcnInTerminal(flags, { env: env() })
    const script = startWcn([...flags, '--json'], { env: env() })
    await screen.until('1 of 1 node is up.')
    await script.until('"changed":[]')
    await healthy.misbehave({ secondary: 'off' })
    await screen.until('FAIL  nodes[0]: ')
    await screen.until('0 of 1 node is up.')
    // In the place of what was there, and whole.
    expect(screen.screen).toContain('\u001b[H\u001b[J')
    await script.until('"changed":["nodes[0].secondary-port')
    screen.type(CTRL_C)
    script.interrupt('SIGTERM')
    const [code, ended] = [await screen.ended, await script.ended]
    await healthy.misbehave({})
    expect(code).toBe(8)
    expect(ended).toMatchObject({ code: 8, stderr: PROGRESS })
    const documents = ended.stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    expect(documents.length).toBeGreaterThanOrEqual(3)
    expect(documents.map(({ schema, ok }) => ({ schema, ok }))).toEqual(
      documents.map(({ data }) => ({
        schema: 2,
        ok: data.checks.every(({ status }: { status: string }) => status !== 'fail'),
      })),
    )
    expect(new Set(documents.map(({ ok }) => ok))).toEqual(new Set([true, false]))
  })
})

describe.concurrent('--watch', () => {
  it.each([
    ['that goes away', 0, ''],
    ['that can take no more', 2, '>/dev/full'],
  ])('ends with its reader, one %s', async (_, code, redirection) => {
    const { host, port } = await kept(closedPort())
    const place = ['--allow-private-addresses', '--database', `${host}:${port}`]
    const line = [process.execPath, BIN, 'nodes', 'check', ...place, '--watch', '--interval', '1s']
    const child = spawn('sh', ['-c', `exec "$0" "$@" ${redirection}`, ...line], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    })
    running.push({ stop: async () => void child.kill('SIGKILL') })
    child.stdout.once('data', () => child.stdout.destroy())
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(code)
  })
})

describe.concurrent('a database', () => {
  const check = (...flags: readonly string[]) => wcnJson(['nodes', 'check', '--allow-private-addresses', ...flags])
  const at = (...places: readonly (readonly [host: string, port: number])[]) =>
    places.flatMap(([host, port]) => ['--database', `${host}:${port}`])
  const odd = ({ host, port }: OddPort) => [host, port] as const

  it('is well where nothing answers, whatever is silent', async () => {
    const [closed, mute] = [await kept(closedPort()), await kept(mutePort())]
    const [allowed, unsaid] = await Promise.all([
      check(...at(odd(closed), odd(mute)), '--probe-timeout', '2s'),
      wcnJson(['nodes', 'check', ...at(odd(closed))]),
    ])
    expect(allowed).toMatchObject({ code: 0, stderr: '', data: { cluster: null, nodes: [] } })
    expect(met(allowed.data)).toEqual(['closed', 'silent'])
    expect(unsaid.data.checks).toMatchObject([{ status: 'warn', summary: expect.stringMatching(/proves nothing/) }, {}])
  })

  it('fails for whatever answers', async () => {
    const [echo, quic] = [await kept(echoPort()), await kept(unfinishedQuicPort())]
    const page = await kept(httpPort('# TYPE wcn_db_version gauge\nwcn_db_version 260209.1\n'))
    const [result, unproven] = await Promise.all([
      check(...at(odd(echo), odd(quic), odd(page)), '--probe-timeout', '2s'),
      wcn(['nodes', 'check', ...at(odd(quic))], { env: WITHOUT_ADDON }),
    ])
    expect(result.code).toBe(8)
    expect(met(result.data)).toEqual(['not-quic', 'quic', 'silent'])
    const failed = (result.data as NodesCheckJson).checks.filter(({ status }) => status === 'fail')
    expect(failed.map(({ id }) => id)).toEqual([
      `database[${echo.host}:${echo.port}]`,
      `database[${quic.host}:${quic.port}]`,
      `database[${page.host}:${page.port}].metrics`,
    ])
    // Without the addon it is not known who answers; that something does is bad enough.
    expect(unproven).toMatchObject({ code: 8, stdout: expect.stringMatching(/^FAIL {2}something answers .* in QUIC/m) })
  })

  it.skipIf(!quicAvailable)('is proven: public from outside, as it must be from inside', async () => {
    const database = await kept(startTestDatabase({ host: OWN_HOST }))
    const node = await kept(startTestNode(() => viewAt(), { host: OWN_HOST }))
    const ofNode = at([node.host, node.primaryPort])
    const both = at([database.host, database.primaryPort], [database.host, database.secondaryPort])
    const inside = (...flags: readonly string[]) => check('--inside', ...flags)
    const [outside, itself, another, otherServer, closed] = await Promise.all([
      check(...at([database.host, database.primaryPort]), ...ofNode),
      inside(...both, '--database-peer-id', database.peerId),
      inside(...both, '--database-peer-id', node.peerId),
      inside(...ofNode),
      inside(...at(odd(await closedPort()))),
    ])
    expect(outside.code).toBe(8)
    expect(outside.data.checks).toMatchObject([
      { status: 'fail', summary: expect.stringMatching(new RegExp(`public: ${database.peerId} answers`)) },
      { status: 'pass' },
      { status: 'fail', summary: expect.stringMatching(/does not open the API Database/) },
      { status: 'pass' },
    ])
    expect(itself.code).toBe(0)
    expect([another, otherServer, closed].map(({ code }) => code)).toEqual([8, 8, 8])
    expect(another.data.checks[0].summary).toContain(`${database.peerId} instead of ${node.peerId}`)
  })

  it.each(['db.internal:3000', '[::1]:3000', '10.0.0.0/8'])('is no %s', async (address) => {
    expect(await check('--database', address)).toMatchObject({ code: 2, error: { code: 'IP_ADDRESS_INVALID' } })
  })
})

/** By three versions. */
function behind(view: ClusterView): ClusterView {
  return { ...view, version: view.version - 3n }
}

function met({ databases }: NodesCheckJson): readonly string[] {
  return databases.flatMap(({ ports }) => ports.map((port) => port.met))
}

function fail(): never {
  throw new Error('there are no nodes')
}
