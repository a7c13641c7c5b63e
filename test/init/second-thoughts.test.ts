/** `wcn init` taken up again with something changed: other nodes, a request that expired, a state somebody else wrote. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { run } from '../../src/init/init.js'
import type { Files } from '../../src/platform/files/files.js'
import { sandbox } from '../support/cli.js'
import { approve, initWorld, type Script } from '../support/init-world.js'
import { CONTRACT } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'

const box = sandbox()
afterAll(box.remove)
let folders = 0

const nodeA = { name: 'node-a', primary: true, ipv4_addr: '20.1.2.3' }
const nodeB = { name: 'node-b', ipv4_addr: '20.1.2.4' }
const nodeC = { name: 'node-c', ipv4_addr: '20.1.2.5' }

function complete() {
  return {
    region: 'eu',
    contract_address: CONTRACT as string,
    operator_key: 'new',
    encryption_key_file: 'encryption.key',
    rpc_url: 'wss://rpc.example.com/v2/token',
    database: { address: '10.0.10.5' },
    nodes: [nodeA, nodeB] as readonly object[],
    formats: ['shell'],
    name: 'acme',
  }
}

function given(answers: object) {
  const folder = box.path(`given-${++folders}`)
  mkdirSync(folder)
  writeFileSync(`${folder}/encryption.key`, `${'11'.repeat(32)}\n`, { mode: 0o600 })
  const put = (one: object) => writeFileSync(`${folder}/answers.yaml`, stringify(one))
  put(answers)
  return { dir: `${folder}/operator`, answers: `${folder}/answers.yaml`, put }
}

const stateIn = (dir: string) => JSON.parse(readFileSync(`${dir}/wcn-init.json`, 'utf8'))
const nodesIn = (dir: string) => stateIn(dir).answers.nodes

describe('other nodes', () => {
  it('fewer in the file: those that are left keep what is theirs', async () => {
    const here = given({ ...complete(), nodes: [nodeA, nodeB, nodeC] })
    const { services, said } = await initWorld({ script: null })
    await run(services, here)
    const before = nodesIn(here.dir)
    here.put({ ...complete(), nodes: [nodeC, nodeA] })
    expect(await rejectedBy(run(services, here))).toMatchObject({ code: 'FILE_EXISTS' })
    expect(said).toContain(`${here.answers} changes earlier answers: nodes`)
    await run(services, { ...here, force: true })
    const primary = (node: object, is: boolean) => ({ ...node, primary: is })
    expect(nodesIn(here.dir)).toEqual([primary(before[2], false), primary(before[0], true)])
  })

  it('a new one is asked for, and nothing of those that stay', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    here.put({ nodes: [{ name: 'node-b' }, { name: 'node-c' }] })
    const script: Script = [
      ['Keys of the database', 'new'],
      ['Public IPv4 address of node node-c', '20.1.2.5'],
      ['The primary node', '0'],
      ['Ports', 'usual'],
      ['Your firewall', 'set'],
      ['Keep these settings', 'no'],
      ['0 of 2 nodes answer', 'early'],
      ['holds other data', 'again'],
      ['The answer of the owner', 'later'],
    ]
    const { services: person, asked } = await initWorld({ script, world })
    await run(person, here)
    expect(asked.find((text) => text.startsWith('Ports'))).toContain('node node-c 3010, 3011, 3012')
    expect(nodesIn(here.dir)).toMatchObject([
      { name: 'node-b', ipv4_addr: '20.1.2.4', primary: true, primary_port: 3020 },
      { name: 'node-c', ipv4_addr: '20.1.2.5', primary_port: 3010 },
    ])
  })

  it('of which one is not named yet leave no gap that nobody can read', async () => {
    const here = given({ ...complete(), nodes: [{ name: 'node-a' }, nodeB] })
    const { services } = await initWorld({ script: null })
    await rejectedBy(run(services, here))
    here.put({ ...complete(), nodes: [{}, nodeB] })
    const missing = await rejectedBy(run(services, here))
    expect(missing).toMatchObject({ code: 'INPUT_REQUIRED', details: { field: 'nodes[0].name' } })
    here.put(complete())
    expect((await run(services, here)).data.steps[11]).toEqual({ id: 'wait', status: 'waiting' })
  })

  it('of a name that is another get another key, and keep no peer ID', async () => {
    const here = given(complete())
    const { services } = await initWorld({ script: null })
    await run(services, here)
    const [, before] = nodesIn(here.dir)
    here.put({ ...complete(), nodes: [nodeA, { ...nodeB, name: 'node-x' }] })
    await run(services, { ...here, force: true })
    expect(nodesIn(here.dir)[1].peer_id).not.toBe(before.peer_id)
  })
})

describe('the request', () => {
  it('that expired is made anew, and said to have', async () => {
    const here = given(complete())
    const { services, world, said } = await initWorld({ script: null })
    await run(services, here)
    const request = () => readFileSync(`${here.dir}/join-request.json`, 'utf8')
    const first = request()
    world.facts.now = JSON.parse(first).expires_at + 1
    const again = await run(services, here)
    expect(said.join('\n')).toContain('has expired: a new one takes its place')
    expect(request()).not.toBe(first)
    expect(again).toMatchObject({ exitCode: 8, data: { note: expect.stringContaining('not on chain yet') } })
  })

  it('that expires while it is waited for is said to have', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    const { expires_at } = JSON.parse(readFileSync(`${here.dir}/join-request.json`, 'utf8'))
    world.facts.meanwhile = () => {
      world.facts.now = expires_at + 1
    }
    const late = await run(services, { ...here, wait: '3600' })
    expect(late).toMatchObject({ exitCode: 8, data: { note: expect.stringContaining('has expired') } })
  })

  it('is not needed any more where the chain has it all', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    const stale = readFileSync(`${here.dir}/join-request.json`, 'utf8')
    here.put({ ...complete(), nodes: [nodeA, { ...nodeB, ipv4_addr: '20.9.9.9' }] })
    await run(services, { ...here, force: true })
    approve(world, `${here.dir}/join-request.json`)
    writeFileSync(`${here.dir}/join-request.json`, stale)
    const { data } = await run(services, { ...here, force: true })
    expect(data.steps.every(({ status }) => status === 'done')).toBe(true)
  })
})

describe('the state', () => {
  it('that another run wrote meanwhile is not overwritten', async () => {
    const here = given(complete())
    let writes = 0
    const files = (real: Files): Files => ({
      ...real,
      async makeDirectory(path, mode) {
        await real.makeDirectory(path, mode)
        if (path.endsWith('/keys') && writes++ === 0) writeFileSync(`${here.dir}/wcn-init.json`, 'of another')
      },
    })
    const { services } = await initWorld({ script: null, files })
    const error = await rejectedBy(run(services, here))
    expect(error).toMatchObject({
      code: 'SETTINGS_CONFLICT',
      message: expect.stringContaining('was changed meanwhile'),
    })
    expect(readFileSync(`${here.dir}/wcn-init.json`, 'utf8')).toBe('of another')
  })

  it('makes one file that says what goes on chain, and names one of an earlier version', async () => {
    const here = given(complete())
    const { services } = await initWorld({ script: null })
    const { data } = await run(services, here)
    expect(data.files.map(({ path }) => path)).not.toContain(`${here.dir}/nodes.yaml`)
    expect(readFileSync(`${here.dir}/deployment.yaml`, 'utf8')).toContain(`name: ${complete().name} #`)
    expect(data.commands).toContain(
      `wcn operator register -f ${here.dir}/deployment.yaml --out ${here.dir}/join-request.json`,
    )
    writeFileSync(`${here.dir}/nodes.yaml`, 'nodes: []\n')
    const again = await initWorld({ script: null })
    await run(again.services, here)
    expect(again.said.join('\n')).toContain(`warning: ${here.dir}/nodes.yaml of an earlier version is not read`)
  })

  it('says that it joined, and then other nodes on chain are no fault', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    approve(world, `${here.dir}/join-request.json`)
    await run(services, here)
    expect(stateIn(here.dir)).toMatchObject({ joined: true })
    here.put({ ...complete(), nodes: [nodeA, { ...nodeB, ipv4_addr: '20.9.9.9' }] })
    const { data } = await run(services, here)
    expect(data.steps.every(({ status }) => status === 'done')).toBe(true)
    expect(readFileSync(`${here.dir}/deployment.yaml`, 'utf8')).toContain('20.9.9.9')
  })
})

describe('the folder', () => {
  it.each([
    ['-dash', '$(cat ./-dash/rpc.url)'],
    ["it's", "$(cat 'it'\\''s/rpc.url')"],
  ])('called %s gets into commands that a shell understands', async (dir, expected) => {
    const here = given(complete())
    const { services } = await initWorld({ script: null })
    const cwd = process.cwd()
    process.chdir(box.path('.'))
    try {
      const { data } = await run(services, { answers: here.answers, dir })
      expect(data.commands).toContain(`export RPC_PROVIDER_URL="${expected}"`)
      expect(existsSync(box.path(`${dir}/rpc.url`))).toBe(true)
    } finally {
      process.chdir(cwd)
    }
  })

  it.each([[''], ['-'], ['a\nb']])('can not be called %j', async (dir) => {
    const { services } = await initWorld({ script: null })
    expect(await rejectedBy(run(services, { ...given(complete()), dir }))).toMatchObject({ code: 'USAGE' })
  })

  it('of another user is not used: keys in it may be known to them', async () => {
    const here = given(complete())
    mkdirSync(here.dir)
    const files = (real: Files): Files => ({
      ...real,
      inspect: async () => ({ kind: 'directory', mode: 0o700, foreign: true, bytes: 0 }),
    })
    const { services } = await initWorld({ script: null, files })
    const error = await rejectedBy(run(services, here))
    expect(error).toMatchObject({ code: 'OUTPUT_UNSAFE', hint: expect.stringContaining('--dir') })
  })

  it('needs private addresses again where they were allowed', async () => {
    const here = given(complete())
    const { services } = await initWorld({ script: null, allowPrivateAddresses: true })
    expect((await run(services, here)).data.again).toContain('--allow-private-addresses')
  })
})

it.each(['11'.repeat(32), '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA='])(
  'a key in the place of another answer gets nowhere: %s',
  async (key) => {
    for (const answers of [
      { ...complete(), contract_address: key },
      { ...complete(), name: key },
      { ...complete(), nodes: [{ ...nodeA, host: key }, nodeB] },
      { ...complete(), formats: ['compose'], images: { tag: key } },
    ]) {
      const here = given(answers)
      const { services } = await initWorld({ script: null })
      const error = await rejectedBy(run(services, here))
      expect(error).toMatchObject({ code: 'DOCUMENT_INVALID', message: expect.stringContaining('looks like a key') })
      expect(error.message).not.toContain(key)
      expect(existsSync(here.dir)).toBe(false)
    }
  },
)
