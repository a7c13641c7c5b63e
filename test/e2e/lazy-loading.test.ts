/** Commands load what they use: which packages a run loaded is read from the engine's own coverage report. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { lightKeystore } from '../support/light-keystore.js'

const HEAVY = [
  ...['viem', 'ox', 'abitype', '@noble/curves', 'zod', 'yaml', 'inquirer', '@inquirer', 'ws', 'hash-wasm'],
  ...['@libp2p', 'multiformats', 'http-proxy-agent', 'https-proxy-agent', '@aws-sdk'],
] as const
type Heavy = (typeof HEAVY)[number]

const net = useDevnet()
const work = sandbox()
afterAll(work.remove)

interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>
}

const { outputs } = JSON.parse(readFileSync(new URL('../../dist/meta.json', import.meta.url), 'utf8')) as Metafile
let runs = 0

/** Source files, packages included, that a run of the tool loaded. */
async function loadedBy(args: readonly string[], env: Variables = {}, stderr = /^$/): Promise<readonly string[]> {
  const folder = work.path(`run-${++runs}`)
  mkdirSync(folder)
  const run = await wcn(args, { env: { ...env, NODE_V8_COVERAGE: folder } })
  expect(run, run.stderr).toMatchObject({ code: 0, stderr: expect.stringMatching(stderr) })
  const [report = ''] = readdirSync(folder)
  const { result } = JSON.parse(readFileSync(`${folder}/${report}`, 'utf8')) as { result: readonly { url: string }[] }
  const files = new Set(result.flatMap(({ url }) => /\/dist\/.*/.exec(url)?.[0].slice(1) ?? []))
  return Object.entries(outputs).flatMap(([file, { inputs }]) => (files.has(file) ? Object.keys(inputs) : []))
}

function heavyIn(loaded: readonly string[]): readonly Heavy[] {
  return HEAVY.filter((name) => loaded.some((file) => file.includes(`node_modules/${name}/`)))
}

/** `used`: what they may load of it. */
async function expectLight(args: readonly string[], env: Variables = {}, used: readonly Heavy[] = []): Promise<void> {
  const loaded = await loadedBy(args, env)
  expect(loaded).toContain('src/main.ts')
  expect(heavyIn(loaded).filter((name) => !used.includes(name))).toEqual([])
}

describe('what needs no chain loads no library', () => {
  const nouns = [
    'key',
    'operator',
    'nodes',
    'clients',
    'maintenance',
    'cluster',
    'config',
    'tx',
    'admin',
    'devnet',
    'context',
    'doctor',
    'status',
  ]
  const verbs = ['list', 'show', 'resume', 'cancel', 'sign', 'send', 'decode'].map((verb) => ['tx', verb])
  it.each([
    ['--version'],
    ['--help'],
    ...nouns.map((noun) => [noun, '--help']),
    ...verbs.map((words) => [...words, '--help']),
    ['operator', 'keygen', '--help'],
    ['operator', 'funds', '--help'],
    ['nodes', 'update', '--help'],
    ['admin', 'operator', 'approve', '--help'],
    ['key', 'generate'],
    ['completion', 'bash'],
    ['complete', '--', 'nodes', 'update', ''],
    ['complete', '--', 'config', 'emit', '--format', ''],
  ])('wcn %s %s %s', (...args) => expectLight(args.filter((word) => typeof word === 'string')))

  it('and none of its grammar does for ranges of addresses', async () => {
    for (const words of [['--help'], ['config', 'emit', '--help']])
      expect((await loadedBy(words)).filter((file) => file.includes('node_modules/ipaddr.js/'))).toEqual([])
  })

  it('and nothing of completion, unless it is asked for', async () => {
    const ofCompletion = (files: readonly string[]) => files.filter((file) => /complete|remember/.test(file))
    expect(ofCompletion(await loadedBy(['complete', '--', '']))).toContain('src/completion/complete.ts')
    for (const args of [['--version'], ['--help'], ['key', 'generate']])
      expect(ofCompletion(await loadedBy(args)), args.join(' ')).toEqual([])
  })
})

describe('what reads', () => {
  let operator: Account
  let hash: string
  /** Who is meant, and no key. */
  const reading = (): Variables => ({
    ...net.cluster,
    WCN_OPERATOR: operator.address,
    WCN_STATE_DIR: work.path('state'),
  })
  beforeAll(async () => {
    operator = net.operators[0] as Account
    writeFileSync(work.path('keystore'), lightKeystore(operator.privateKey, 'x'), { mode: 0o600 })
    const env = { ...reading(), SMART_CONTRACT_SIGNER_PRIVATE_KEY: operator.privateKey }
    const written = await wcnJson(['operator', 'rename', 'light', '--yes'], { env })
    expect(written, written.stdout).toMatchObject({ code: 0 })
    hash = written.data.transaction.hash
  })

  it.each([
    ['cluster', 'view'],
    ['operator', 'view'],
    ['nodes', 'list'],
    ['clients', 'list'],
    ['maintenance', 'status'],
  ])('the chain loads no library: wcn %s %s', (...args) => expectLight(args, reading()))

  it('the journal loads nothing of chains: wcn tx list, and tx show without a provider', async () => {
    const { WCN_STATE_DIR = '' } = reading()
    await expectLight(['tx', 'list'], reading())
    await expectLight(['tx', 'list', '--open'], { WCN_STATE_DIR: work.path('nothing-yet') })
    await expectLight(['tx', 'show', hash], { WCN_STATE_DIR })
  })

  it.each([
    ['operator', 'funds'],
    ['tx', 'resume'],
  ])('both loads nothing that signs: wcn %s %s', (...args) => expectLight(args, reading()))

  it('both loads nothing that signs: wcn tx show', () => expectLight(['tx', 'show', hash], reading()))

  it('as the operator of a private key loads no curve', async () => {
    await expectLight(['operator', 'view'], { ...net.signedBy(operator), WCN_STATE_DIR: work.path('state') })
  })

  it('as the operator of a keystore does not open it', async () => {
    const { WCN_OPERATOR: _, ...env } = reading()
    const keystore = { ...env, WCN_KEYSTORE: work.path('keystore') }
    await expectLight(['operator', 'view'], keystore, ['zod', 'yaml'])
  })

  it('in a context loads nothing besides, and shows it without any chain', async () => {
    const { WCN_STATE_DIR = '', WCN_OPERATOR = '' } = reading()
    const env = { WCN_STATE_DIR, WCN_CONFIG_DIR: work.path('config') }
    const flags = ['--contract-address', net.contract, '--rpc-url', net.rpcUrl, '--chain-id', '31337']
    const added = await wcn(['context', 'add', 'eu', ...flags, '--operator', WCN_OPERATOR], { env })
    expect(added).toMatchObject({ code: 0, stderr: '' })
    await expectLight(['operator', 'view'], env)
    await expectLight(['config', 'show'], env)
    await expectLight(['context', 'list'], env)
  })

  it('through a WebSocket loads that besides, and nothing else', async () => {
    const sockets = { ...reading(), RPC_PROVIDER_URL: net.rpcUrl.replace('http', 'ws') }
    const loaded = await loadedBy(['operator', 'view'], sockets)
    expect(heavyIn(loaded)).toEqual(expect.arrayContaining(['ws']))
    expect(heavyIn(loaded).filter((name) => name !== 'ws')).toEqual([])
  })
})

it('what writes by flags alone loads no document and asks no node', async () => {
  const env = { ...net.signedBy(net.operators[2] as Account), WCN_STATE_DIR: work.path('state') }
  const loaded = await loadedBy(['nodes', 'update', '0', '--ip-address', '127.0.0.1', '--yes'], env, /127\.0\.0\.1/)
  expect(loaded.filter((file) => /^src\/(?:peer|nodes\/nodes-(?:apply|plan))\b/.test(file))).toEqual([])
  const signing: readonly Heavy[] = ['viem', 'ox', 'abitype', '@noble/curves']
  expect(heavyIn(loaded).filter((name) => !signing.includes(name))).toEqual([])
})

it('the account of a key is told without what signs', async () => {
  await expectLight(['operator', 'address'], net.signedBy(net.operators[1] as Account))
})

/** The control: the same report does show what is loaded. */
it('what writes loads what signs', async () => {
  const env = { ...net.signedBy(net.operators[1] as Account), WCN_STATE_DIR: work.path('state') }
  const loaded = await loadedBy(['operator', 'rename', 'control', '--yes'], env, /control/)
  expect(heavyIn(loaded)).toContain('@noble/curves')
  expect(heavyIn(loaded)).not.toContain('zod')
})
