/** What the last screen of `wcn init` says: the truth about the operator, whatever the steps did. */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { parsePeerId } from '../../src/base/keys/parse-peer-id.js'
import { createPaint, plainPaint } from '../../src/cli/paint.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { type InitData, run } from '../../src/init/init.js'
import { initText } from '../../src/init/view.js'
import { sandbox } from '../support/cli.js'
import { accepted, answers } from '../support/fake-node-probe.js'
import { approve, type InitOptions, initWorld } from '../support/init-world.js'
import { memoryContexts } from '../support/memory-contexts.js'
import { CONTRACT, type World } from '../support/onboarding.js'
import { databaseMetrics, nodeMetrics } from '../support/test-node-metrics.js'

const box = sandbox()
afterAll(box.remove)
let folders = 0

const ANSWERS = {
  region: 'eu',
  contract_address: CONTRACT,
  operator_key: 'new',
  encryption_key_file: 'encryption.key',
  rpc_url: 'wss://rpc.example.com',
  database: { address: '10.0.10.5', host: 'm0' },
  nodes: [
    { name: 'node-a', primary: true, ipv4_addr: '20.1.2.3', host: 'm1' },
    { name: 'node-b', ipv4_addr: '20.1.2.4', host: 'm1' },
  ],
  formats: ['shell'],
  name: 'acme',
}

const put = (name: string, text: string) => {
  writeFileSync(box.path(name), text, { mode: 0o600 })
  return box.path(name)
}
put('encryption.key', '11'.repeat(32))
const input = { answers: put('answers.json', JSON.stringify(ANSWERS)) }
const lastLine = (data: InitData) => initText(data, plainPaint).trimEnd().split('\n').at(-1)

/** On chain; what is left is whether anything of it runs. */
async function joined() {
  const here = { ...input, dir: box.path(`operator-${++folders}`) }
  const { services, world } = await initWorld({ script: null })
  const { data } = await run(services, { ...here, addContext: 'eu' })
  approve(world, `${here.dir}/join-request.json`)
  return {
    dir: here.dir,
    data,
    end: async (options: Partial<InitOptions> = {}) =>
      run((await initWorld({ script: null, world, ...options })).services, here),
    world,
  }
}

async function portsOf(world: World, { peer_ids }: InitData, { database = true, nodes = 2 } = {}) {
  const { view } = await (await world.services.chain()).readCluster()
  const shown = JSON.parse(JSON.stringify(clusterAnswer(view), (_, v) => (typeof v === 'bigint' ? Number(v) : v)))
  const figures = nodeMetrics({ clusterVersion: view.version, keyspaceVersion: view.keyspaceVersion })
  const metrics = accepted((request) =>
    request === 'db' && !database
      ? { kind: 'none', why: 'closed' }
      : { kind: 'ok', value: request === 'db' ? databaseMetrics() : figures },
  )
  const ids = Object.values(peer_ids.nodes).map((id) => parsePeerId(id, 'the test'))
  const places = [['20.1.2.3', 3010, ids[0]] as const, ['20.1.2.4', 3020, ids[1]] as const].slice(0, nodes)
  return Object.fromEntries(
    places.flatMap(([ip, port, id]) =>
      id === undefined
        ? []
        : [
            [
              `${ip}:${port}`,
              answers(
                id,
                accepted(() => ({ kind: 'ok', value: shown })),
              ),
            ],
            [`${ip}:${port + 1}`, answers(id, metrics)],
          ],
    ),
  )
}

describe('the last line', () => {
  it('says before the owner has answered that it is not on chain', async () => {
    const { data } = await joined()
    expect(lastLine(data)).toMatch(
      /^on chain: no · answering: 0 of 2 nodes · database: not seen · next: `wcn init --dir \S+`$/,
    )
  })

  it('says where to start what, and ends with 8', async () => {
    const { end } = await joined()
    const { data, exitCode } = await end()
    expect(exitCode).toBe(8)
    expect(lastLine(data)).toBe(
      'on chain: yes · answering: 0 of 2 nodes · database: not seen · next: start wcn_node on m1, then `wcn nodes check`',
    )
    expect(initText(data, plainPaint)).not.toContain('You are a Node Operator')
  })

  it('is true as a whole where all of it is up: then, and only then, exit 0', async () => {
    const { end, world, data } = await joined()
    const whole = await end({ ports: await portsOf(world, data) })
    expect(whole.exitCode).toBeUndefined()
    expect(lastLine(whole.data)).toBe('on chain: yes · answering: 2 of 2 nodes · database: up')
    expect(initText(whole.data, plainPaint)).toContain('You are a Node Operator')
    const half = await end({ ports: await portsOf(world, data, { nodes: 1 }) })
    expect(half).toMatchObject({ exitCode: 8, data: { standing: { answering: 1, database: true } } })
  })

  it('tells a database that is not up from nodes that are', async () => {
    const { end, world, data } = await joined()
    const alone = await end({ ports: await portsOf(world, data, { database: false }) })
    expect(alone.exitCode).toBe(8)
    expect(lastLine(alone.data)).toBe(
      'on chain: yes · answering: 2 of 2 nodes · database: not seen · next: start wcn_db on m0, then `wcn nodes check`',
    )
  })

  it('proves nothing without the addon, and says so', async () => {
    const { end } = await joined()
    const quic = { kind: 'quic', roundTripMs: 1, handshake: { kind: 'not-tried' } } as const
    const places = ['20.1.2.3:3010', '20.1.2.3:3011', '20.1.2.4:3020', '20.1.2.4:3021']
    const ports = Object.fromEntries(places.map((place) => [place, quic]))
    const { data, exitCode } = await end({ unproven: 'no addon is installed', ports })
    expect(exitCode).toBe(8)
    expect(lastLine(data)).toContain('answering: 2 of 2 nodes (who they are is not proven)')
    expect(lastLine(data)).toContain('npm install --include=optional')
  })

  it.each([60, 80, 120])('fits %i columns', async (width) => {
    const { end, dir } = await joined()
    // As the usual folder is called: words of a command are not broken.
    const usual = JSON.stringify((await end()).data)
      .replaceAll(dir, 'wcn-operator')
      .replaceAll(box.path('.'), '.')
    const text = initText(JSON.parse(usual), await createPaint(false, () => width))
    // A flag stays with its value.
    const lines = text.split('\n').filter((line) => !/^ *--\S+ \S+ \\$/.test(line))
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
  })
})

describe('the context', () => {
  it('is made without a terminal by the flag only, and once', async () => {
    const contexts = memoryContexts()
    const here = { ...input, dir: box.path(`operator-${++folders}`) }
    const { services, said } = await initWorld({ script: null, contexts })
    await run(services, here)
    expect(contexts.document.contexts).toEqual({})
    await run(services, { ...here, addContext: 'eu-1' })
    const again = await run(services, { ...here, addContext: 'eu-1' })
    expect(again.data.context).toBe('eu-1')
    expect(said.filter((text) => text.includes('made the context'))).toHaveLength(1)
    expect(contexts.document).toMatchObject({
      current: 'eu-1',
      contexts: { 'eu-1': { rpc_urls: ['wss://rpc.example.com'], operator: expect.stringMatching(/^0x/) } },
    })
  })

  it('that cannot be written is one sentence, and the rest goes on', async () => {
    const contexts = {
      ...memoryContexts(),
      update: async () => {
        throw new WcnError('FILE_UNWRITABLE', 'cannot write /etc/wcn', { hint: 'set WCN_CONFIG_DIR' })
      },
    }
    const { services, said } = await initWorld({ script: null, contexts })
    const { data } = await run(services, { ...input, dir: box.path(`operator-${++folders}`), addContext: 'eu' })
    expect(said.filter((text) => text.includes('no context was made'))).toEqual([
      'warning: no context was made: cannot write /etc/wcn (set WCN_CONFIG_DIR)',
    ])
    expect(data.context).toBeNull()
    expect(data.request_file).not.toBeNull()
  })

  it('of a name that is none is refused before anything is made', async () => {
    const { services } = await initWorld({ script: null })
    await expect(run(services, { ...input, dir: box.path('none'), addContext: '../x' })).rejects.toMatchObject({
      code: 'USAGE',
    })
  })
})
