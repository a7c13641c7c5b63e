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
  it('fewer in the file: an error without --redo, and with it those that are left', async () => {
    const here = given({ ...complete(), nodes: [nodeA, nodeB, nodeC] })
    const { services } = await initWorld({ script: null })
    await run(services, here)
    here.put(complete())
    const conflict = await rejectedBy(run(services, here))
    expect(conflict).toMatchObject({ code: 'SETTINGS_CONFLICT', hint: expect.stringContaining('--redo keys') })
    expect(conflict.message).toContain('lists 2, but step keys was done with 3')
    await run(services, { ...here, redo: 'keys', force: true })
    expect(nodesIn(here.dir)).toMatchObject([nodeA, nodeB])
    expect(nodesIn(here.dir)).toHaveLength(2)
  })

  it('keep what is theirs when another one goes, and a new one is asked for', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    const script: Script = [
      ['Names for your nodes', 'node-b node-c'],
      ['Keys of the database', 'new'],
      ['Public IPv4 address of node node-c', '20.1.2.5'],
      ['The primary node', '0'],
      ['Ports', 'usual'],
      ['The provider for your nodes', '0'],
      ['Your firewall', 'set'],
      ['holds other data', 'again'],
      ['The answer of the owner', 'later'],
    ]
    const { services: person, asked } = await initWorld({ script, world })
    await run(person, { dir: here.dir, redo: 'keys' })
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
    const missing = await rejectedBy(run(services, { ...here, redo: 'keys' }))
    expect(missing).toMatchObject({ code: 'INPUT_REQUIRED', details: { field: 'nodes[0].name' } })
    here.put(complete())
    expect((await run(services, here)).data.steps[9]).toEqual({ id: 'wait', status: 'waiting' })
  })
})

it('a step that is redone and left at once still offers what was answered', async () => {
  const here = given(complete())
  const { services, world } = await initWorld({ script: null })
  await run(services, here)
  const leaving = await initWorld({ script: [['Private IPv4', 'x']], world, interruptedAt: 0 })
  await rejectedBy(run(leaving.services, { dir: here.dir, redo: 'addresses' }))
  expect(stateIn(here.dir)).toMatchObject({ earlier: { database: { address: '10.0.10.5' } } })
  const script: Script = [
    ['Private IPv4', '\r'],
    ['Public IPv4', '\r'],
    ['The primary', '\r'],
    ['Ports', 'usual'],
    ['The provider for your nodes', '0'],
    ['Your firewall', 'set'],
    ['The answer of the owner', 'later'],
  ]
  const back = await initWorld({ script, world })
  await run(back.services, { dir: here.dir })
  expect(stateIn(here.dir).answers).toMatchObject({ database: { address: '10.0.10.5' }, nodes: [nodeA, nodeB] })
  expect(stateIn(here.dir)).not.toHaveProperty('earlier')
})

describe('the request', () => {
  it('that expired is said to have, and is made anew by --redo alone', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    const request = () => readFileSync(`${here.dir}/join-request.json`, 'utf8')
    const first = request()
    world.facts.now = JSON.parse(first).expires_at + 1
    const late = await run(services, here)
    expect(late).toMatchObject({ exitCode: 8, data: { note: expect.stringContaining('--redo register') } })
    expect(late.data.note).toContain('has expired')
    const again = await run(services, { ...here, redo: 'register' })
    expect(request()).not.toBe(first)
    expect(again.data.note).toContain('not on chain yet')
  })

  it('is not needed any more where the chain has it all', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    const stale = readFileSync(`${here.dir}/join-request.json`, 'utf8')
    here.put({ ...complete(), nodes: [nodeA, { ...nodeB, ipv4_addr: '20.9.9.9' }] })
    await run(services, { ...here, redo: 'addresses', force: true })
    approve(world, `${here.dir}/join-request.json`)
    writeFileSync(`${here.dir}/join-request.json`, stale)
    const { data } = await run(services, { ...here, redo: 'register', force: true })
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

  it('in which a step lacks does those after it again', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    await run(services, here)
    approve(world, `${here.dir}/join-request.json`)
    writeFileSync(`${here.dir}/wcn-init.json`, JSON.stringify({ ...stateIn(here.dir), done: ['cluster', 'check'] }))
    const { said, services: again } = await initWorld({ script: null, world })
    await run(again, here)
    expect(said.join('\n')).toContain('11 of 11: check')
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
