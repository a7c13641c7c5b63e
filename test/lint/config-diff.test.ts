/** `config diff`: emitted files, a chain that lists the same nodes, and nodes that run: then one difference at a time. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { parseIpv4 } from '../../src/base/ipv4.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import type { Chain } from '../../src/chain/chain.js'
import { plainPaint } from '../../src/cli/paint.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { encryptIpv4 } from '../../src/cluster/codec/ip-encryption.js'
import { run as emit } from '../../src/deploy/config-emit.js'
import { type Input, run } from '../../src/lint/config-diff.js'
import { configDiffText } from '../../src/lint/view-config-diff.js'
import { type Sandbox, sandbox } from '../support/cli.js'
import {
  CONTRACT,
  DESCRIPTION,
  ENCRYPTION_KEY,
  nodeKeys,
  OPERATOR,
  putDeployment,
  SECRETS,
} from '../support/deployment.js'
import { rejectionOf } from '../support/rejection.js'
import { type Overrides, testServices } from '../support/services.js'

let box: Sandbox
beforeEach(async () => {
  box = sandbox()
  putDeployment(box)
  await emit(testServices(), { file: box.path('deployment.yaml'), out: box.path('out') })
})
afterEach(() => box.remove())

const key = parseEncryptionKey(ENCRYPTION_KEY, 'test')
const operator = parseAddress(OPERATOR, 'test')
const METRICS = readFileSync(new URL('../vectors/wcn_node.metrics.txt', import.meta.url), 'utf8')

/** The cluster as the recorded metrics have it: version 9, keyspace 0. */
function chainWith(ports: readonly number[] = [3010, 3010]): () => Promise<Chain> {
  const nodes = ports.map((primaryPort, i) => {
    const peerId = (nodeKeys[i] ?? nodeKeys[0]).peerId
    const ipv4 = encryptIpv4(key, peerId, parseIpv4(DESCRIPTION.nodes[i]?.ipv4_addr ?? '', 'test'))
    return { peerId, ipv4, privateIpv4: null, primaryPort, secondaryPort: 3011 }
  })
  const operators = [
    { slot: 0, id: parseAddress(`0x${'22'.repeat(20)}`, 'test'), decoded: null },
    { slot: 3, id: operator, decoded: { name: 'x', nodes, clients: [], schema: 1, trailingBytes: 0 } },
  ]
  const view = { operators, version: 9n, keyspaceVersion: 0n, problems: [] } as unknown as ClusterView
  const contract = parseAddress(CONTRACT, 'test')
  return async () =>
    ({ readCluster: async () => ({ view, contract, block: { number: 7, hash: '0x' } }) }) as unknown as Chain
}

const diff = (input: Partial<Input> = {}, overrides: Overrides = {}) =>
  run(
    testServices({
      chain: chainWith(),
      ...overrides,
      settings: { encryptionKey: async () => key, ...overrides.settings },
    }),
    {
      paths: [box.path('out')],
      ...input,
    },
  )
const metricsOf = (text: string | null, asked: string[] = []): Overrides => ({
  metrics: async () => ({
    read: async (host, port) => {
      asked.push(`${host}:${port}`)
      return text
    },
  }),
})
const changeFile = (name: string, from: string, to: string) => {
  const text = readFileSync(box.path(`out/${name}`), 'utf8')
  expect(text).toContain(from)
  writeFileSync(box.path(`out/${name}`), text.replace(from, to))
}
const differing = ({ data }: Awaited<ReturnType<typeof diff>>) =>
  data.rows
    .filter(({ drift }) => drift)
    .map(({ node, field, files, chain, running }) => [node, field, files, chain, running])

describe('what was emitted', () => {
  it('is what is on chain, and no secret is in the answer', async () => {
    const result = await diff({ detailedExitcode: true })
    expect(result).toMatchObject({ exitCode: 0, data: { version: 9, operator, drift: 0, block: { number: 7 } } })
    expect(result.data.rows.length).toBeGreaterThanOrEqual(8)
    const text = `${JSON.stringify(result)}${configDiffText(result.data, plainPaint)}`
    for (const secret of SECRETS) expect(text).not.toContain(secret)
    expect(configDiffText(result.data, plainPaint)).toMatch(/^no differences in \d+ values/)
  })

  it('is compared with the operator that is configured, whatever the files say', async () => {
    const settings = { operator: async () => parseAddress(`0x${'22'.repeat(20)}`, 'test') }
    expect(differing(await diff({}, { settings })).map(([, field]) => field)).toContain('operator')
  })
})

describe('a difference', () => {
  it('is shown with both values, and exits 10 where that is wanted', async () => {
    changeFile('wcn_node_n1.env', 'PRIMARY_RPC_SERVER_PORT=3010', 'PRIMARY_RPC_SERVER_PORT=4010')
    const result = await diff({ detailedExitcode: true })
    expect(differing(result)).toEqual([['wcn_node_n1.env', 'primary_port', '4010', '3010', null]])
    expect(result.exitCode).toBe(10)
    expect(configDiffText(result.data, plainPaint)).toMatch(/differs +wcn_node_n1\.env +primary_port +4010 +3010/)
    expect((await diff()).exitCode).toBe(0)
  })

  it('is a node that only one side has', async () => {
    expect(differing(await diff({}, { chain: chainWith([3010]) }))).toEqual([
      ['wcn_node_n1.env', 'peer_id', nodeKeys[1].peerId, null, null],
    ])
    expect(differing(await diff({ paths: [box.path('out/wcn_node_n0.env')] }))).toEqual([
      ['nodes[1]', 'peer_id', null, nodeKeys[1].peerId, null],
    ])
  })
})

describe('what runs', () => {
  it('is asked at its metrics port, and has caught up or not', async () => {
    const asked: string[] = []
    expect(differing(await diff({ running: true }, metricsOf(METRICS, asked)))).toEqual([])
    expect(asked).toEqual(['127.0.0.1:3012', '127.0.0.1:3012'])
    const behind = METRICS.replace('wcn_node_cluster_version 9', 'wcn_node_cluster_version 8')
    expect(differing(await diff({ running: true, metricsHost: 'm' }, metricsOf(behind, asked)))).toEqual(
      ['n0', 'n1'].map((name) => [`wcn_node_${name}.env`, 'cluster_version', null, '9', '8']),
    )
    expect(asked.at(-1)).toBe('m:3012')
  })

  it('is asked at the port that a container publishes', async () => {
    const asked: string[] = []
    const compose = `services:
  a:
    image: wcn-node:1
    env_file: wcn_node_n0.env
    ports: ["4010:3010/udp", "3011:3011/udp", "127.0.0.1:4012:3012"]
`
    writeFileSync(box.path('out/compose.yaml'), compose)
    const found = await diff({ running: true, paths: [box.path('out/compose.yaml')] }, metricsOf(METRICS, asked))
    expect(asked).toEqual(['127.0.0.1:4012'])
    expect(differing(found)).toContainEqual(['compose.yaml service a', 'primary_port', '4010', '3010', null])
  })

  it('is one of several nodes with that port, which is said', async () => {
    const services = testServices({
      chain: chainWith(),
      settings: { encryptionKey: async () => key },
      ...metricsOf(METRICS),
    })
    await run(services, { paths: [box.path('out')], running: true })
    expect(services.said).toEqual([
      expect.stringMatching(/^warning: wcn_node_n0\.env and wcn_node_n1\.env have the same metrics port 3012/),
    ])
    changeFile('wcn_node_n1.env', 'METRICS_SERVER_PORT=3012', 'METRICS_SERVER_PORT=3022')
    const apart = testServices({
      chain: chainWith(),
      settings: { encryptionKey: async () => key },
      ...metricsOf(METRICS),
    })
    await run(apart, { paths: [box.path('out')], running: true })
    expect(apart.said).toEqual([])
  })

  it('may not answer', async () => {
    const rows = differing(await diff({ running: true }, metricsOf(null)))
    expect(rows.map(([, , , , running]) => running)).toEqual(Array(4).fill('no answer'))
  })
})

it('wants nodes, and to know whose they are', async () => {
  expect(await rejectionOf(diff({ paths: [box.path('out/wcn_db.env')] }))).toMatchObject({ code: 'SELECTOR_NO_MATCH' })
  const n1 = { paths: [box.path('out/wcn_node_n1.env')] }
  expect((await diff(n1)).data.operator).toBe(operator)
  expect(await rejectionOf(diff(n1, { chain: chainWith([3010]) }))).toMatchObject({ code: 'SETTING_MISSING' })
})

it('compares nothing where only compose can tell what the files become, and says what to compare', async () => {
  const compose =
    'services:\n  wcn_node_a:\n    image: wcn-node:1\n    env_file: [wcn_node_n0.env]\n    extends: {service: base}\n'
  writeFileSync(box.path('out/compose.yaml'), compose)
  expect(await rejectionOf(diff({ paths: [box.path('out')] }))).toMatchObject({
    code: 'SELECTOR_NO_MATCH',
    message: expect.stringMatching(/out\/compose\.yaml:5: compose alone can tell what this becomes \("extends"\)/),
    hint: expect.stringMatching(/^compare what it becomes: `docker compose -f .* config \| wcn config diff -`$/),
  })
})
