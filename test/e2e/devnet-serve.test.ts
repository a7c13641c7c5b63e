/** `wcn devnet serve`, the built tool on a real chain: met by peers as docs/dev/network/node-protocol.md says real nodes and databases are. */

import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { encodeFunctionData } from 'viem'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { freePorts } from '../../src/devnet/stand-in/free-ports.js'
import type { ApiName } from '../../src/peer/node-probe.js'
import { createNodeProbe } from '../../src/peer/quic/node-probe.js'
import { type Running, startWcn } from '../support/background.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { ip } from '../support/nodes.js'
import { quicAvailable, randomNodeKeypair, WITHOUT_ADDON } from '../support/stand-ins.js'
import { readVectors } from '../support/vectors.js'

const net = useDevnet('--operators', '6')
const box = sandbox()
afterAll(box.remove)
const HOST = ip('127.0.0.1')

let [keys, client]: [readonly NodeKeypair[], NodeKeypair | undefined] = [[], undefined]
let ports: readonly number[] = []
const files = () => ({ node: box.path('node.env'), database: box.path('database.env') })

beforeAll(async () => {
  keys = await Promise.all([0, 1, 2].map(randomNodeKeypair))
  client = await randomNodeKeypair()
  ports = await freePorts(6)
  const [own, other, database] = keys as [NodeKeypair, NodeKeypair, NodeKeypair]
  const [operator] = net.operators
  if (!operator) throw new Error('the development chain has no operator')
  const stored = [own, other].map(({ peerId }, index) => {
    const at = { primaryPort: (ports[0] ?? 0) + index, secondaryPort: ports[1] ?? 0 }
    return storeNode(
      { peerId, ipv4Addr: index === 0 ? HOST : ip('203.0.113.9'), privateIpv4Addr: null, ...at },
      parseEncryptionKey(net.encryptionKey, 'the env file'),
    )
  })
  const clients = [{ peerId: client.peerId, namespaces: [0] }]
  await net.putData(operator, encodeOperatorData({ name: 'rehearsal', nodes: stored, clients }))
  const listening = (key: NodeKeypair, first: number) => ({
    SECRET_KEY: encodeNodeSecretKey(key.secretKey),
    PRIMARY_RPC_SERVER_PORT: ports[first],
    SECONDARY_RPC_SERVER_PORT: ports[first + 1],
    METRICS_SERVER_PORT: ports[first + 2],
  })
  writeEnv(files().database, { ...listening(database, 3), ROCKSDB_DIR: '/wcn/rocksdb' })
  writeEnv(files().node, {
    ...listening(own, 0),
    DATABASE_RPC_SERVER_ADDRESS: HOST,
    DATABASE_PEER_ID: database.peerId,
    DATABASE_PRIMARY_RPC_SERVER_PORT: ports[3],
    DATABASE_SECONDARY_RPC_SERVER_PORT: ports[4],
    SMART_CONTRACT_ADDRESS: net.contract,
    SMART_CONTRACT_ENCRYPTION_KEY: net.encryptionKey,
    RPC_PROVIDER_URL: net.rpcUrl.replace(/^http/, 'ws'),
    SMART_CONTRACT_SIGNER_PRIVATE_KEY: operator.privateKey,
  })
})

describe.skipIf(!quicAvailable)('a stand-in for wcn_node', () => {
  it('starts without its database, opens each API to whom the real one does, and follows the contract', async () => {
    const node = await serving(files().node)
    const [own, other] = keys
    const [primary, secondary, metricsPort] = ports as [number, number, number]

    const cluster = await meet(null, primary, 'Cluster2')
    expect(cluster.peerId).toBe(own?.peerId)
    const shown = await cluster.call(0, null)
    expect(shown).toMatchObject({ kind: 'ok', value: { keyspace_version: 0, maintenance: { slot: null } } })
    expect(shapeOf({ Ok: shown.value })).toEqual(shapeOf(readVectors('cluster-api-view')))
    expect(await cluster.call(9, null)).toEqual({ kind: 'none', why: 'closed' })

    const refused = { kind: 'refused', status: null }
    expect((await meet(null, secondary, 'Metrics')).api).toEqual(refused)
    expect((await meet(client ?? null, secondary, 'Metrics')).api).toEqual(refused)
    expect((await meet(other ?? null, primary, 'Metrics')).api).toEqual(refused)
    expect((await meet(null, secondary, 'Cluster2')).api).toEqual(refused)
    for (const port of [primary, secondary]) {
      expect((await meet(other ?? null, port, 'Replica')).api).toMatchObject({ kind: 'accepted' })
      expect((await meet(client ?? null, port, 'Coordinator')).api).toMatchObject({ kind: 'accepted' })
      for (const [who, api] of [
        [client, 'Replica'],
        [other, 'Coordinator'],
        [other, 'Database'],
        [other, 'NoSuchApi'],
      ] as const)
        expect((await meet(who ?? null, port, api)).api).toEqual(refused)
    }

    const metrics = await meet(other ?? null, secondary, 'Metrics')
    expect(await metrics.call(0, 'db')).toEqual({ kind: 'error', code: 0, message: 'Not connected' })
    expect(await metrics.call(0, 'else')).toMatchObject({ kind: 'error', code: 1 })
    const database = await serving(files().database)
    expect(await metrics.call(0, 'db')).toMatchObject({ kind: 'ok', value: expect.stringContaining('wcn_db_version') })

    const version = async () =>
      /^wcn_node_cluster_version (\d+)$/m.exec(String((await metrics.call(0, 'node')).value))?.[1]
    const before = await version()
    await wcnJson(['operator', 'rename', 'next', '--yes', '--env-file', net.envFile])
    await expect.poll(version).toBe(String(Number(before) + 1))

    const text = await fetch(`http://${HOST}:${metricsPort}/metrics`)
    expect([text.status, text.headers.get('content-type')]).toEqual([200, null])
    expect(await text.text()).toContain('# TYPE wcn_node_version gauge')
    const all = await fetch(`http://${HOST}:${metricsPort}/metrics/cluster`)
    expect(all.headers.get('content-type')).toBeNull()
    const lines = (await all.text()).trimEnd().split('\n')
    expect(lines.filter((line) => line.startsWith('#') || line === '')).toEqual([])
    const labels = 'operator="next",service_kind='
    expect(lines).toContain(`wcn_node_version{${labels}"node",node_idx="0"} 260209.1`)
    expect(lines).toContain(`wcn_db_version{${labels}"db"} 260209.1`)
    expect(lines.join()).not.toContain('node_idx="1"')
    expect((await fetch(`http://${HOST}:${metricsPort}/`)).status).toBe(404)

    const [nodeLog, databaseLog] = await Promise.all([node.end(), database.end()])
    for (const [log, target] of [
      [nodeLog, 'wcn_node'],
      [databaseLog, 'wcn_db'],
    ] as const) {
      expect(new Set(log.map((line) => line.target))).toEqual(new Set([target]))
      expect(log[0]).toMatchObject({ level: 'WARN', fields: { message: 'build info' } })
      expect(log.filter(({ fields }) => fields.message === 'Serving')).toHaveLength(2)
    }
    const met = nodeLog.filter(({ fields }) => fields.message === 'Connection established')
    expect(met.map(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({
        api: 'Metrics',
        peer_id: other?.peerId,
        addr: expect.stringMatching(/^127\.0\.0\.1:/),
      }),
    )
  })

  it('as primary completes a migration after its pull, from its account', async () => {
    await serving(files().node, '--pull', '0')
    const pulling = async () => {
      const { data } = await wcnJson(['cluster', 'view', '--env-file', net.envFile])
      return data.pulling_operators
    }
    const keyspace = { operatorBitmask: 31n, replicationStrategy: 0 }
    const data = encodeFunctionData({ abi: CLUSTER_ABI, functionName: 'startMigration', args: [keyspace] })
    await net.rpc('anvil_impersonateAccount', net.owner.address)
    await net.rpc('eth_sendTransactionSync', { from: net.owner.address, to: net.contract, gas: '0x989680', data })
    await expect.poll(pulling).toEqual([1, 2, 3, 4])
  })

  it('ends when its provider is gone, and a database, told which chain it is for, when that is put away', async () => {
    const out = box.path('gone.env')
    const { data } = await wcnJson(['devnet', 'up', '--detach', '--chain-only', '--out', out])
    onTestFinished(async () => void (await wcn(['devnet', 'down', out])))
    const env = box.path('orphan.env')
    changeEnv(files().node, env, {
      RPC_PROVIDER_URL: String(data.rpc_url).replace(/^http/, 'ws'),
      SMART_CONTRACT_ADDRESS: data.contract,
    })
    const node = await serving(env)
    const database = await serving(files().database, '--devnet', out)
    process.kill(data.pid, 'SIGKILL')
    expect(await node.running.ended).toMatchObject({ code: 5, stderr: expect.stringContaining('RPC_PROVIDER_URL') })
    const again = await wcnJson(['devnet', 'serve', env])
    expect(again).toMatchObject({ code: 5, error: { code: 'NETWORK' } })
    expect(again.error?.message).toContain('RPC_PROVIDER_URL')
    expect(await wcn(['devnet', 'down', out])).toMatchObject({ code: 0 })
    expect(await database.running.ended).toMatchObject({ code: 0 })
    const other = await wcnJson(['devnet', 'serve', files().database, '--devnet', files().node])
    expect(other).toMatchObject({ code: 2, error: { code: 'DOCUMENT_INVALID' } })
  })

  it('reads its own environment where no file is named', async () => {
    const { SECRET_KEY: _, ...env } = variablesOf(files().database)
    const refused = await wcnJson(['devnet', 'serve'], { env })
    expect(refused).toMatchObject({ code: 2, error: { code: 'SETTING_MISSING' } })
    expect(refused.error?.message).toContain('SECRET_KEY')
    const running = startWcn(['devnet', 'serve'], { env: variablesOf(files().database) })
    await running.until('until Ctrl-C')
    running.interrupt('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 0 })
  })

  it('refuses a port that is taken, a contract that is none, a file of neither kind, and a missing addon', async () => {
    const taken = createServer()
    await once(taken.listen(ports[2], HOST), 'listening')
    const refused = await wcnJson(['devnet', 'serve', files().node])
    await new Promise((resolve) => taken.close(resolve))
    expect(refused).toMatchObject({ code: 2, error: { code: 'PORT_INVALID' } })
    expect(refused.error?.message).toContain(`TCP port ${ports[2]}`)

    const database = await serving(files().database)
    const clash = box.path('clash.env')
    changeEnv(files().database, clash, { METRICS_SERVER_PORT: String(ports[2]) })
    expect((await wcnJson(['devnet', 'serve', clash])).error?.message).toContain(`UDP port ${ports[3]}`)
    await database.end()

    const stranger = box.path('stranger.env')
    changeEnv(files().node, stranger, { SMART_CONTRACT_ADDRESS: `0x${'1'.repeat(40)}` })
    expect(await wcnJson(['devnet', 'serve', stranger])).toMatchObject({ error: { code: 'NOT_A_CONTRACT' } })
    expect(await wcnJson(['devnet', 'serve', net.envFile])).toMatchObject({
      code: 2,
      error: { code: 'SETTING_MISSING' },
    })
    expect(await wcnJson(['devnet', 'serve', box.path('nothing')])).toMatchObject({ code: 2 })
    const bare = await wcnJson(['devnet', 'serve', files().database], { env: WITHOUT_ADDON })
    expect(bare).toMatchObject({ error: { code: 'DEPENDENCY_MISSING' } })
  })

  it('refuses a real network’s chain', async () => {
    await net.rpc('anvil_setChainId', 10)
    onTestFinished(async () => void (await net.rpc('anvil_setChainId', 31337)))
    expect(await wcnJson(['devnet', 'serve', files().node])).toMatchObject({ error: { code: 'WRONG_CHAIN' } })
  })
})

interface LogLine {
  readonly level: string
  readonly target: string
  readonly fields: Readonly<Record<string, unknown>>
}

async function serving(file: string, ...flags: readonly string[]) {
  const running: Running = startWcn(['devnet', 'serve', file, ...flags])
  await running.until('until Ctrl-C')
  return {
    running,
    async end(): Promise<readonly LogLine[]> {
      running.interrupt('SIGINT')
      const { code, stderr } = await running.ended
      expect(code).toBe(0)
      return stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    },
  }
}

/** Comes as the node with that key, or as a stranger, and opens an API, of which the probe itself knows only some. */
async function meet(identity: NodeKeypair | null, port: number, api: string) {
  const probe = await createNodeProbe(identity)
  onTestFinished(() => probe.close())
  const report = await probe.reach({ host: HOST, port, api: api as ApiName }, 10_000)
  if (report.kind !== 'answers') throw new Error(`port ${port}: ${JSON.stringify(report)}`)
  const { peerId, api: opened } = report
  const call = async (rpc: number, request: unknown): Promise<{ kind: string; value?: unknown }> => {
    if (opened.kind !== 'accepted') throw new Error(`${api}: ${JSON.stringify(opened)}`)
    return opened.session.call(rpc, request, 10_000) as Promise<{ kind: string; value?: unknown }>
  }
  return { peerId, api: opened, call }
}

/** Names and kinds of values, of a list those of its first. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'slot' ? null : shapeOf(inner)]),
  )
}

function writeEnv(file: string, values: Readonly<Record<string, unknown>>): void {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, lines.join(''), { mode: 0o600 })
}

function variablesOf(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
}

function changeEnv(from: string, to: string, changes: Readonly<Record<string, unknown>>): void {
  writeEnv(to, { ...variablesOf(from), ...changes })
}
