/** `wcn init --answers FILE`: the same without a person, or with fewer questions. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checksumAddress } from '../../src/base/address.js'
import { run } from '../../src/init/init.js'
import { run as prove } from '../../src/register/key-prove.js'
import { sandbox } from '../support/cli.js'
import { approve, initWorld, type Script } from '../support/init-world.js'
import { lightKeystore } from '../support/light-keystore.js'
import { CONTRACT, keypair, NOW, OPERATOR, OPERATOR_KEY, secretText } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'

const box = sandbox()
afterAll(box.remove)
let folders = 0

const TOKEN = 'canary-token-0123456789'

/** All that has to be said, with the files it names beside it. */
function complete() {
  return {
    region: 'eu',
    contract_address: CONTRACT as string,
    operator_key: 'new',
    encryption_key_file: 'encryption.key',
    rpc_url: `wss://rpc.example.com/v2/${TOKEN}`,
    database: { address: '10.0.10.5' },
    nodes: [
      { name: 'node-a', primary: true, ipv4_addr: '20.1.2.3' },
      { name: 'node-b', ipv4_addr: '20.1.2.4' },
    ],
    formats: ['shell'],
    name: 'acme',
  }
}

interface Given {
  readonly dir: string
  readonly answers: string
  readonly path: (name: string) => string
  readonly put: (answers: object) => void
}

function given(answers: object): Given {
  const folder = box.path(`given-${++folders}`)
  const path = (name: string) => `${folder}/${name}`
  mkdirSync(folder)
  writeFileSync(path('encryption.key'), `${'11'.repeat(32)}\n`, { mode: 0o600 })
  const put = (one: object) => writeFileSync(path('answers.yaml'), stringify(one))
  put(answers)
  return { dir: path('operator'), answers: path('answers.yaml'), path, put }
}

const stateOf = ({ dir }: Given) => JSON.parse(readFileSync(`${dir}/wcn-init.json`, 'utf8'))

describe('without a terminal', () => {
  it('comes as far as the owner, and with their approval to the end', async () => {
    const here = given(complete())
    const { services, world, said } = await initWorld({ script: null })
    const first = await run(services, here)
    expect(first).toMatchObject({ exitCode: 8, data: { request_file: `${here.dir}/join-request.json` } })
    approve(world, `${here.dir}/join-request.json`)
    const { data, exitCode } = await run(services, here)
    // Nothing runs yet.
    expect(exitCode).toBe(8)
    expect(data.standing).toEqual({
      ...{ on_chain: true, answering: 0, nodes: 2, unproven: null, database: false },
      next: `start wcn_node on node-a and node-b, then \`wcn init --dir ${here.dir}\``,
    })
    expect(data.steps.every(({ status }) => status === 'done')).toBe(true)
    expect(JSON.stringify([data, stateOf(here), said])).not.toContain(TOKEN)
    expect(stateOf(here).answers).not.toHaveProperty('rpc_url')
  })

  it('waits for the owner as long as it is told, and says what to do when time is up', async () => {
    const here = given(complete())
    const { services, world } = await initWorld({ script: null })
    const late = await run(services, { ...here, wait: '60' })
    expect(late).toMatchObject({ exitCode: 8, data: { note: expect.stringContaining('not on chain yet') } })
    expect(late.data.steps[11]).toEqual({ id: 'wait', status: 'waiting' })
    world.facts.meanwhile = () => {
      world.facts.meanwhile = () => {}
      approve(world, `${here.dir}/join-request.json`)
    }
    expect((await run(services, { ...here, wait: '3600' })).data.standing.on_chain).toBe(true)
  })

  it('wants answers', async () => {
    const { services } = await initWorld({ script: null })
    expect(await rejectedBy(run(services, { dir: box.path('none') }))).toMatchObject({
      code: 'INPUT_REQUIRED',
      hint: expect.stringContaining('--answers'),
    })
  })

  const without = (field: string) => {
    const { [field as 'name']: _, ...rest } = complete()
    return rest
  }
  const [nodeA, nodeB] = complete().nodes
  it.each([
    ['region', without('region')],
    ['contract_address', without('contract_address')],
    ['operator_key_file', without('operator_key')],
    ['encryption_key_file', without('encryption_key_file')],
    ['nodes[0].name', without('nodes')],
    ['database.address', without('database')],
    ['nodes[1].ipv4_addr', { ...complete(), nodes: [nodeA, { name: 'node-b' }] }],
    ['nodes[0].primary', { ...complete(), nodes: [{ ...nodeA, primary: false }, nodeB] }],
    ['rpc_url_file', without('rpc_url')],
    ['formats', without('formats')],
    ['images.tag', { ...complete(), formats: ['compose'] }],
    ['kubernetes.exposure', { ...complete(), formats: ['k8s'], images: { tag: '1' } }],
    ['name', without('name')],
    ['password_file', { ...complete(), operator_key: 'keystore' }],
  ])('names the answer that is missing: %s', async (field, answers) => {
    const { services } = await initWorld({ script: null })
    expect(await rejectedBy(run(services, given(answers)))).toMatchObject({
      code: 'INPUT_REQUIRED',
      message: expect.stringContaining(`${field} is not answered`),
      hint: expect.stringContaining(field),
    })
  })

  it.each([
    ['contract_address', { ...complete(), contract_address: '0x12' }, 'answers.yaml:2: contract_address'],
    ['a database', { ...complete(), database: { address: '8.8.8.8' } }, 'answers.yaml:7: database.address is 8.8.8.8'],
    ['a private node', { ...complete(), nodes: [nodeA, { ...nodeB, ipv4_addr: '10.0.0.1' }] }, '10.0.0.1'],
    ['a port', { ...complete(), database: { address: '10.0.10.5', primary_port: 70000 } }, 'answers.yaml:8'],
    ['an unknown field', { ...complete(), contract: 'x' }, 'answers.yaml:17: contract: unknown key'],
    ['a key', { ...complete(), encryption_key_file: '11'.repeat(32) }, 'looks like a key'],
    ['latest', { ...complete(), formats: ['compose'], images: { tag: 'latest' } }, 'latest'],
    ['a URL', { ...complete(), rpc_url: 'rpc.example.com' }, 'answers.yaml:5: rpc_url is not the URL'],
    ['http', { ...complete(), rpc_url: 'https://rpc.example.com' }, 'a node refuses to start'],
    ['one node', { ...complete(), nodes: [nodeA] }, 'at least 2'],
  ])('says what is wrong, and where: %s', async (_, answers, sentence) => {
    const { services } = await initWorld({ script: null })
    const error = await rejectedBy(run(services, given(answers)))
    expect(error.message).toContain(sentence)
    expect(error.message).not.toContain('11'.repeat(32))
  })
})

describe('answers and those of an earlier run', () => {
  it('the new ones are taken, and it is said which change', async () => {
    const here = given({ ...complete(), formats: ['compose'] })
    const { services, said } = await initWorld({ script: null })
    expect(await rejectedBy(run(services, here))).toMatchObject({ code: 'INPUT_REQUIRED' })
    const { operator } = stateOf(here).answers
    here.put({ ...complete(), operator: checksumAddress(operator), rpc_url: 'wss://other.example.com' })
    await run(services, here)
    expect(stateOf(here).answers.formats).toEqual(['shell'])
    expect(readFileSync(`${here.dir}/rpc.url`, 'utf8')).toBe('wss://other.example.com\n')
    expect(said.filter((text) => text.includes('changes earlier answers'))).toEqual([
      `${here.answers} changes earlier answers: formats`,
    ])
  })

  it('another contract is looked at like the first', async () => {
    const here = given(complete())
    const { services } = await initWorld({ script: null })
    await run(services, here)
    here.put({ ...complete(), contract_address: '0x12' })
    expect(await rejectedBy(run(services, here))).toMatchObject({
      code: 'ADDRESS_INVALID',
      message: expect.stringContaining('answers.yaml:2: contract_address'),
    })
  })

  it('a request that was made from other answers is kept, unless --force is given', async () => {
    const here = given(complete())
    const { services } = await initWorld({ script: null })
    await run(services, here)
    here.put({ ...complete(), nodes: [complete().nodes[0], { name: 'node-b', ipv4_addr: '20.9.9.9' }] })
    const refused = await rejectedBy(run(services, here))
    expect(refused).toMatchObject({ code: 'FILE_EXISTS', hint: expect.stringContaining('--force') })
    const request = () => readFileSync(`${here.dir}/join-request.json`, 'utf8')
    const first = request()
    await run(services, { ...here, force: true })
    expect(readFileSync(`${here.dir}/deployment.yaml`, 'utf8')).toContain('20.9.9.9')
    const second = request()
    expect(second).not.toBe(first)
    await run(services, { ...here, force: true })
    expect(request()).toBe(second)
  })

  it('the same provider is taken as long as it will do, whichever is the best', async () => {
    const urls = ['wss://a.example.com', 'wss://b.example.com']
    const here = given({ ...complete(), rpc_url: undefined, rpc_urls: urls })
    const { services, probes } = await initWorld({ script: null })
    const slow = { chainId: 10, block: { number: 100, time: NOW - 2 }, latencyMs: 900 }
    probes.set('wss://a.example.com', { found: slow })
    await run(services, here)
    const chosen = () => readFileSync(`${here.dir}/rpc.url`, 'utf8').trim()
    expect(chosen()).toBe(urls[1])
    probes.clear()
    probes.set('wss://b.example.com', { found: slow })
    await run(services, here)
    expect(chosen()).toBe(urls[1])
    probes.set('wss://b.example.com', { found: null, problem: 'it is down' })
    await run(services, here)
    expect(chosen()).toBe(urls[0])
  })

  it('a state file of something else is not touched', async () => {
    const here = given(complete())
    mkdirSync(here.dir)
    writeFileSync(`${here.dir}/wcn-init.json`, '{"type":"other"}')
    const { services } = await initWorld({ script: null })
    expect(await rejectedBy(run(services, here))).toMatchObject({ code: 'JOURNAL_INVALID' })
    expect(readFileSync(`${here.dir}/wcn-init.json`, 'utf8')).toBe('{"type":"other"}')
  })
})

it('with a terminal, what is answered is not asked', async () => {
  const here = given({ ...complete(), formats: undefined })
  const script: Script = [
    ['Keys of the database', 'new'],
    ['Ports', 'usual'],
    ['Scrape', 'no'],
    ['What you deploy with', 'env'],
    ['Your firewall', 'later'],
    ['Keep these settings', 'no'],
    ['0 of 2 nodes answer', 'early'],
    ['The answer of the owner', 'later'],
    ['Chain ID', '10'],
  ]
  const { services, asked } = await initWorld({ script })
  await run(services, here)
  expect(asked).toHaveLength(script.length)
})

describe('keys that exist', () => {
  const keysIn = async (here: Given) => {
    const [a, database] = [await keypair(31), await keypair(33)]
    const put = (name: string, text: string) => writeFileSync(here.path(name), text, { mode: 0o600 })
    put('op.key', `${OPERATOR_KEY.reveal()}\n`)
    put('op.json', lightKeystore(OPERATOR_KEY.reveal(), 'pass'))
    put('password', 'pass\n')
    put('a.key', secretText(a))
    put('db.key', secretText(database))
    return { a, database }
  }

  it('are used where they are', async () => {
    const answers = {
      ...complete(),
      operator_key: undefined,
      operator_key_file: 'op.key',
      database: { address: '10.0.10.5', secret_key_file: 'db.key' },
      nodes: [{ ...complete().nodes[0], secret_key_file: 'a.key' }, complete().nodes[1]],
    }
    const here = given(answers)
    const { a, database } = await keysIn(here)
    const { services } = await initWorld({ script: null })
    const { data } = await run(services, here)
    expect(data).toMatchObject({
      operator: OPERATOR,
      peer_ids: { database: database.peerId, nodes: { 'node-a': a.peerId } },
    })
    expect(data.commands.filter((command) => command.includes('generate') || command.includes('keygen'))).toEqual([
      `wcn key generate --out ${here.dir}/keys/wcn_node_node-b.key`,
    ])
    const env = readFileSync(`${here.dir}/out/shell/wcn_node_node-a.env`, 'utf8')
    expect(env).toContain(OPERATOR_KEY.reveal())
  })

  it('a keystore is opened with its password, and emitted to the primary', async () => {
    const here = given({ ...complete(), operator_key: undefined, keystore: 'op.json', password_file: 'password' })
    await keysIn(here)
    const { services } = await initWorld({ script: null })
    const { data } = await run(services, here)
    expect(data).toMatchObject({
      operator: OPERATOR,
      steps: expect.arrayContaining([{ id: 'register', status: 'done' }]),
    })
    expect(data.commands).toContain(`export WCN_KEYSTORE=${here.path('op.json')}`)
    expect(readFileSync(`${here.dir}/out/shell/wcn_node_node-a.env`, 'utf8')).toContain(OPERATOR_KEY.reveal())
  })

  it('of another operator than the one that is named are refused', async () => {
    const here = given({ ...complete(), operator: `0x${'22'.repeat(20)}`, operator_key_file: 'op.key' })
    await keysIn(here)
    const { services } = await initWorld({ script: null })
    expect(await rejectedBy(run(services, here))).toMatchObject({ code: 'WRONG_SIGNER' })
  })

  it('on another host: the peer ID is enough, and a proof comes from there', async () => {
    const elsewhere = await keypair(32)
    const answers = {
      ...complete(),
      nodes: [complete().nodes[0], { ...complete().nodes[1], peer_id: elsewhere.peerId }],
    }
    const here = given(answers)
    const { services, world } = await initWorld({ script: null })
    const missing = await rejectedBy(run(services, here))
    expect(missing).toMatchObject({ code: 'INPUT_REQUIRED', hint: expect.stringContaining('wcn key prove') })
    expect(missing.message).toContain(elsewhere.peerId)

    writeFileSync(here.path('b.key'), secretText(elsewhere), { mode: 0o600 })
    const there = { ...services, talk: { ...services.talk, confirm: async () => true } }
    await prove(there, {
      draft: `${here.dir}/join-request-draft.json`,
      secretKeyFile: here.path('b.key'),
      out: here.path('proof.json'),
    })
    here.put({ ...answers, proofs: ['proof.json'] })
    const { data } = await run(services, here)
    expect(data.steps[11]).toEqual({ id: 'wait', status: 'waiting' })
    expect(data.commands.join('\n')).toContain(`--proof ${here.path('proof.json')}`)
    expect(data.commands.join('\n')).toContain('--node node-a --database')
    expect(world.members).toHaveLength(5)
  })
})
