/** The questions of `wcn init`: what is refused and asked again, and where other answers lead. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { FoundProvider } from '../../src/chain/provider-probe.js'
import { run } from '../../src/init/init.js'
import { sandbox } from '../support/cli.js'
import { ENTER, initWorld, type Script } from '../support/init-world.js'
import { CONTRACT, keypair, NOW, OPERATOR, OPERATOR_KEY, secretText } from '../support/onboarding.js'

const box = sandbox()
afterAll(box.remove)
let folders = 0
const newFolder = () => box.path(`operator-${++folders}`)

const USUAL: Script = [
  ['Your region', 'na'],
  ['Address of the region', CONTRACT],
  ['Chain ID', ENTER],
  ['wss:// URL of your RPC provider', 'wss://rpc.example.com'],
  ['The provider for your nodes', ENTER],
  ["The cluster's encryption key", 'typed'],
  ['Paste the encryption key', '11'.repeat(32)],
  ["The operator's key", 'new'],
  ['Names for your nodes', ENTER],
  ['Keys of the database and the nodes', 'new'],
  ['Private IPv4 address of the database', '10.0.10.5'],
  ['Public IPv4 address of node node-a', '20.1.2.3'],
  ['Public IPv4 address of node node-b', '20.1.2.4'],
  ['The primary node', ENTER],
  ['Ports', 'usual'],
  ['Scrape configuration', 'no'],
  ['What you deploy with', 'shell'],
  ['Your firewall', 'set'],
  ['Keep these settings', 'yes'],
  ['0 of 2 nodes answer', 'early'],
  ['Name of your operator', 'acme'],
  ['The answer of the owner', 'later'],
]

/** Other answers to some questions, and answers to others. */
function but(...changes: Script): Script {
  return [...changes, ...USUAL.filter(([question]) => !changes.some(([other]) => other === question))]
}

const stateIn = (dir: string) => JSON.parse(readFileSync(`${dir}/wcn-init.json`, 'utf8')).answers
const found = (changes: Partial<FoundProvider> = {}): FoundProvider => ({
  chainId: 10,
  block: { number: 100, time: NOW - 2 },
  latencyMs: 20,
  ...changes,
})

describe('what will not do is asked for again', () => {
  it.each([
    ['Address of the region', '0x12', CONTRACT, '2 hex digits instead of 40'],
    ['Address of the region', 'ab'.repeat(32), CONTRACT, 'looks like a key'],
    ['Chain ID', 'ten', '10', 'not a chain ID'],
    ['Names for your nodes', 'node-a', 'node-a node-b', 'at least 2'],
    ['Names for your nodes', 'a A', 'node-a node-b', 'two nodes are called'],
    ['Names for your nodes', '../x b', 'node-a node-b', 'no file name can be made'],
    ['Private IPv4 address of the database', '8.8.8.8', '10.0.10.5', 'a public address'],
    ['Private IPv4 address of the database', 'db.internal', '10.0.10.5', 'a host name'],
    ['Public IPv4 address of node node-a', '10.0.0.1', '20.1.2.3', 'no public address'],
    ['Name of your operator', 'x'.repeat(33), 'acme', '33 bytes'],
  ])('%s: %s', async (question, wrong, right, complaint) => {
    const script = but([question, wrong], [question, right])
    const dir = newFolder()
    const { services, asked } = await initWorld({ script })
    await run(services, { dir })
    expect(asked.filter((text) => text.startsWith('refused:'))).toEqual([expect.stringContaining(complaint)])
    expect(JSON.stringify(stateIn(dir))).toContain(right.split(' ').at(-1))
  })

  it('an encryption key that is none', async () => {
    const how = 'Paste the encryption key'
    const script = but([how, 'not a key'], [how, '11'.repeat(32)])
    const { services, said } = await initWorld({ script })
    await run(services, { dir: newFolder() })
    expect(said.join('\n')).toContain('what was typed')
    expect(said.join('\n')).not.toContain('not a key;')
  })

  it('ports that collide: the earlier answers are offered again', async () => {
    const dir = newFolder()
    const script = but(
      ['Ports', 'own'],
      ['Ports', 'usual'],
      ['primary port of the database', '3001'],
      ['secondary port of the database', '3001'],
      ['primary port of node', ENTER],
      ['secondary port of node', ENTER],
      ['metrics port of', ENTER],
      ['Private IPv4 address of the database', '10.0.10.5'],
      ['Private IPv4 address of the database', ENTER],
      ['Public IPv4 address of node node-a', '20.1.2.3'],
      ['Public IPv4 address of node node-a', ENTER],
      ['Public IPv4 address of node node-b', '20.1.2.4'],
      ['Public IPv4 address of node node-b', ENTER],
    )
    const { services, said } = await initWorld({ script })
    await run(services, { dir })
    expect(said.join('\n')).toContain('are both UDP 3001')
    expect(stateIn(dir)).toMatchObject({
      database: { address: '10.0.10.5', primary_port: 3000, secondary_port: 3001 },
      nodes: [{ ipv4_addr: '20.1.2.3' }, { ipv4_addr: '20.1.2.4' }],
    })
  })
})

describe('providers', () => {
  const ASK = 'wss:// URL of your RPC provider'

  it('are compared, and what is wrong with one is said by its host only', async () => {
    const dir = newFolder()
    const urls = [
      'https://a.example.com/k3y',
      'wss://b.example.com/k3y',
      'wss://c.example.com/k3y',
      'wss://d.example.com/k3y',
    ]
    const script = but([ASK, `${urls.join(' ')} wss://e.example.com/k3y`])
    const { services, said, probes } = await initWorld({ script })
    probes.set('wss://b.example.com/k3y', { found: found({ chainId: 1 }) })
    probes.set('wss://c.example.com/k3y', { found: null, problem: 'c.example.com is down' })
    probes.set('wss://d.example.com/k3y', { found: found({ block: { number: 10, time: NOW - 2 } }) })
    const { data } = await run(services, { dir })
    const text = said.join('\n')
    for (const sentence of [
      'a.example.com is given by an http(s):// URL',
      'b.example.com serves chain 1',
      'c.example.com is down',
      'd.example.com lags: it is 90 blocks behind',
      'e.example.com: chain 10, block 100, answers in 20 ms',
    ])
      expect(text).toContain(sentence)
    expect(readFileSync(`${dir}/rpc.url`, 'utf8')).toBe('wss://e.example.com/k3y\n')
    expect(JSON.stringify([data, stateIn(dir), said])).not.toContain('k3y')
  })

  it('of which none will do are typed anew; what is no URL is said at once', async () => {
    const dir = newFolder()
    const script = but(
      ['None of them will do', 'again'],
      ['None of them will do', 'other'],
      [ASK, 'rpc.example.com'],
      [ASK, 'wss://down.example.com'],
      [ASK, ENTER],
      [ASK, 'wss://up.example.com wss://up.example.com'],
      [ASK, 'wss://up.example.com'],
    )
    const { services, asked, said, probes } = await initWorld({ script })
    probes.set('wss://down.example.com', { found: null, problem: 'it is down' })
    await run(services, { dir })
    expect(asked.filter((text) => text.startsWith(ASK))).toHaveLength(5)
    expect(asked.filter((text) => text.startsWith('None'))).toHaveLength(2)
    expect(said.filter((text) => text.endsWith('try again'))).toHaveLength(3)
    expect(readFileSync(`${dir}/rpc.url`, 'utf8')).toBe('wss://up.example.com\n')
  })
})

describe('keys that exist', () => {
  it('are named one by one: a file, a new one, a peer ID', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const [database, elsewhere] = [await keypair(41), await keypair(42)]
    writeFileSync(`${folder}/db.key`, secretText(database), { mode: 0o600 })
    writeFileSync(`${folder}/op.key`, OPERATOR_KEY.reveal(), { mode: 0o600 })
    writeFileSync(`${folder}/enc.key`, '11'.repeat(32), { mode: 0o600 })
    const dir = `${folder}/operator`
    const script = but(
      ["The operator's key", 'existing'],
      ['File with the key of the database', `${folder}/op.key`],
      ['File with the key of the database', `${folder}/db.key`],
      ['File with the key', `${folder}/missing.key`],
      ['File with the key', `${folder}/enc.key`],
      ['File with the key', `${folder}/op.key`],
      ["The cluster's encryption key", 'file'],
      ['Keys of the database and the nodes', 'each'],
      ['The key of the database', 'file'],
      ['The key of node node-a', 'new'],
      ['The key of node node-b', 'peer'],
      ['Peer ID of node node-b', '12D3KooWnonsense'],
      ['Peer ID of node node-b', elsewhere.peerId],
      ['The proof', 'later'],
    )
    const { services, asked } = await initWorld({ script })
    const { data, exitCode } = await run(services, { dir })
    expect(data).toMatchObject({
      operator: OPERATOR,
      peer_ids: { database: database.peerId, nodes: { 'node-b': elsewhere.peerId } },
      note: expect.stringContaining(elsewhere.peerId),
    })
    expect(data.steps[10]).toEqual({ id: 'register', status: 'waiting' })
    expect(exitCode).toBe(8)
    expect(asked.filter((text) => text.startsWith('refused:'))).toHaveLength(3)
    expect(stateIn(dir)).toMatchObject({
      operator_key_file: `${folder}/op.key`,
      encryption_key_file: `${folder}/enc.key`,
      database: { secret_key_file: `${folder}/db.key` },
    })
  })
})

describe('what one deploys with', () => {
  it.each([
    [
      'docker compose, all on one machine, watched',
      [
        ['What you deploy with', 'compose'],
        ['Where they run', 'one'],
        ['Scrape', 'yes'],
        ['Version of the images', 'latest'],
        ['Version of the images', '260209.1'],
      ],
      { formats: ['compose', 'prometheus'], images: { tag: '260209.1' }, database: { host: 'machine-1' } },
    ],
    [
      'systemd, on a machine each, watched',
      [
        ['What you deploy with', 'systemd'],
        ['Where they run', 'each'],
        ['Scrape', 'yes'],
        ['Where Prometheus reaches', '10.0.10.7'],
      ],
      {
        formats: ['systemd', 'prometheus'],
        nodes: [{ host: 'node-a', metrics_address: '10.0.10.7' }, { host: 'node-b' }],
      },
    ],
    [
      'Kubernetes on the network of its machines',
      [
        ['What you deploy with', 'k8s'],
        ['Version of the images', '260209.1'],
        ['How UDP', 'host-network'],
        ['from which the database may be reached', '10.0.10.1/24'],
        ['from which the database may be reached', '10.0.10.0/24'],
        ['kubernetes.io/hostname', 'worker-1'],
        ['kubernetes.io/hostname', 'worker-2'],
      ],
      {
        formats: ['k8s'],
        kubernetes: { exposure: 'host-network', host_cidrs: ['10.0.10.0/24'] },
        nodes: [{ host: 'worker-1' }, { host: 'worker-2' }],
      },
    ],
  ] as readonly (readonly [string, Script, object])[])('%s', async (_, changes, expected) => {
    const dir = newFolder()
    const { services } = await initWorld({ script: but(...changes) })
    const { data } = await run(services, { dir })
    expect(stateIn(dir)).toMatchObject(expected)
    expect(data.steps[6]).toEqual({ id: 'files', status: 'done' })
  })
})

it('goes by private addresses where they are allowed', async () => {
  const dir = newFolder()
  const script = but(['Public IPv4 address of node node-a', '10.1.2.3'])
  const { services } = await initWorld({ script, allowPrivateAddresses: true })
  const { data } = await run(services, { dir })
  expect(data.commands).toContain('export WCN_ALLOW_PRIVATE_ADDRESSES=1')
  expect(data.steps[10]).toEqual({ id: 'register', status: 'done' })
})
