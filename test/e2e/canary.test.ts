/** No secret turns up where it is not asked for: not in output, errors, stacks, documents or the environment of children. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { applicant as newApplicant, requestOf } from '../support/applicant.js'
import { canary } from '../support/canary.js'
import { type CliOptions, type CliResult, wcn as inItsProcess, sandbox, withFlags } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { ECHOES, type Echo, type EchoingProvider, startEchoingProvider } from '../support/echoing-provider.js'
import { startFakeProvider, TOKEN } from '../support/fake-provider.js'
import { SEND } from '../support/fault-proxy.js'
import { type ForwardProxy, startForwardProxy } from '../support/forward-proxy.js'
import { wcnInProcess as wcn, wcnJsonInProcess as wcnJson } from '../support/in-process.js'
import { AWS_SECRETS, KMS_KEY_ID, type KmsStandIn, startKms } from '../support/kms-stand-in.js'
import { lightKeystore } from '../support/light-keystore.js'
import { useProviders } from '../support/misbehaving-provider.js'
import { peerId } from '../support/nodes.js'
import { wcnInTerminal } from '../support/pty.js'
import { calldata } from '../support/unsigned.js'

/** What each of the newer settings holds in these tests, in the order in which they are registered. */
const PASSWORD = 'canary pass phrase of the keystore'
const HEADER_TOKEN = 'canary-header-5f2e9a71'
const URLS_TOKEN = 'canary-urls-77c0ffee'
const PROXY_USER = 'canary-proxy-user'
const PROXY_PASSWORD = 'canary-proxy-password'

const net = useDevnet()
const provider = useProviders(net)
const box = sandbox()
afterAll(box.remove)

let operator: Account
/** An applicant's keys, in files. */
let applicant: Variables
const { secrets, secretsIn } = canary(
  new Map([
    ['RPC token', TOKEN],
    ['token in a header', HEADER_TOKEN],
    ['token in a list of URLs', URLS_TOKEN],
    ['user of a proxy', PROXY_USER],
    ['password of a proxy', PROXY_PASSWORD],
    ['password of a keystore', PASSWORD],
    ...Object.entries(AWS_SECRETS),
  ]),
)
const nodeKeys: { readonly peer_id: string; readonly secret: string }[] = []

beforeAll(async () => {
  operator = net.operators[0] as Account
  const { data } = await wcnJson(['operator', 'keygen', '--out', box.path('operator.key')])
  await net.rpc('anvil_setBalance', data.address, '0x2386f26fc10000')
  for (const name of ['a', 'b', 'database']) {
    const { peer_id } = (await wcnJson(['key', 'generate', '--out', box.path(`${name}.key`)])).data
    const secret = readFileSync(box.path(`${name}.key`), 'utf8').trim()
    nodeKeys.push({ peer_id, secret })
    secrets.set(`secret key ${name}`, secret)
    secrets.set(`secret key ${name} in hex`, Buffer.from(secret, 'base64').toString('hex'))
  }
  writeFileSync(box.path('encryption.key'), net.encryptionKey, { mode: 0o600 })
  secrets.set('encryption key', net.encryptionKey.slice(2))
  for (const { address, privateKey } of net.operators) secrets.set(`key of ${address}`, privateKey.slice(2))
  secrets.set("owner's key", net.owner.privateKey.slice(2))
  secrets.set("applicant's key", readFileSync(box.path('operator.key'), 'utf8').trim().slice(2))
  applicant = { ...net.cluster, RPC_PROVIDER_URL: provider('sound'), WCN_PRIVATE_KEY_FILE: box.path('operator.key') }
  put('keystore.json', lightKeystore(operator.privateKey, PASSWORD))
  put('password', `${PASSWORD}\n`)
  put('headers', `authorization: Bearer ${HEADER_TOKEN}\nx-key: ${HEADER_TOKEN}\n`)
})

function put(name: string, text: string): void {
  writeFileSync(box.path(name), text, { mode: 0o600 })
}

let states = 0
/** Of its own for each run that is told of no other: what one left open is none of the next one's business. */
const newState = () => box.path(`state/${++states}`)

/** Everything that was printed, for what is known to be secret only in the end. */
const printed: { readonly args: readonly string[]; readonly text: string }[] = []

function expectSilent(args: readonly string[], run: CliResult): void {
  const text = JSON.stringify(run)
  printed.push({ args, text })
  expect({ args, found: secretsIn(text) }).toEqual({ args, found: [] })
}

/** Runs it with stack traces, once, where it costs milliseconds: in the test's own process, unless told otherwise. */
async function once(
  args: readonly string[],
  { env, ...rest }: CliOptions = {},
  runner: typeof wcn = wcn,
): Promise<CliResult> {
  const run = await runner(withFlags(args, '--debug'), { cwd: box.path('.'), env: { ...signer(), ...env }, ...rest })
  expectSilent(args, run)
  return run
}

/** With both flags a failure is told to scripts on stdout, and with its stack to people on stderr. */
const failing = (args: readonly string[], options?: CliOptions) => once(withFlags(args, '--json'), options)

/** What waits: several at a time. */
const failingBeside = (args: readonly string[], options?: CliOptions) =>
  once(withFlags(args, '--json'), options, inItsProcess)

/** For people, then for scripts: what takes a lock, or finds something else after the first run. */
async function twice(args: readonly string[], options: CliOptions, runner: typeof wcn = wcn): Promise<void> {
  await once(args, options, runner)
  await once(withFlags(args, '--json'), options, runner)
}

/** Runs it for people and for scripts, with stack traces; gives back the exit code, which is the same for both. */
async function silently(args: readonly string[], { env, ...rest }: CliOptions = {}): Promise<number | null> {
  const options = () => ({ ...rest, env: { WCN_STATE_DIR: newState(), ...env } })
  const { code } = await once(args, options())
  expect({ args, code: (await failing(args, options())).code }).toEqual({ args, code })
  return code
}

const signer = (): Variables => ({ ...net.signedBy(operator), RPC_PROVIDER_URL: provider('sound') })

describe('what succeeds', () => {
  it('shows no secret: reads, dry runs, key commands', async () => {
    const reads = [
      ['cluster', 'view'],
      ['operator', 'view'],
      ['nodes', 'list'],
      ['nodes', 'export'],
      ['clients', 'list'],
      ['maintenance', 'status'],
      ['operator', 'address'],
      ['operator', 'rename', 'x', '--dry-run'],
      ['maintenance', 'enter', '--dry-run'],
      ['nodes', 'add', '-i', peerId(0), '-a', '20.1.1.1', '-p', '1', '-s', '2', '--dry-run'],
      ['key', 'inspect', '--secret-key-file', 'a.key'],
    ]
    for (const args of reads) expect(await silently(args), args.join(' ')).toBe(0)
    const { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key, SMART_CONTRACT_ENCRYPTION_KEY: _, ...env } = signer()
    const files = ['--private-key-file', '-', '--encryption-key-file', 'encryption.key']
    const unset = { SMART_CONTRACT_SIGNER_PRIVATE_KEY: '', SMART_CONTRACT_ENCRYPTION_KEY: '' }
    expect(await silently(['nodes', 'list', ...files], { env: { ...env, ...unset }, input: `${key}\n` })).toBe(0)
  })

  it('shows no secret: writes', async () => {
    const options = { env: signer(), cwd: box.path('.') }
    for (const args of [
      ['operator', 'rename', 'Canary'],
      ['maintenance', 'enter'],
      ['maintenance', 'exit'],
    ]) {
      const run = await wcn([...args, '--yes', '--debug'], options)
      expect(run.code).toBe(0)
      expect(secretsIn(JSON.stringify(run))).toEqual([])
    }
  })

  it('puts no secret into a document that is handed on', async () => {
    const nodes = nodeKeys.slice(0, 2).flatMap(({ peer_id }, i) => ['--node', `${peer_id},20.1.0.${i + 1},3010,3011`])
    const register = ['operator', 'register', '--name', 'canary', ...nodes]
    const options = { env: applicant, cwd: box.path('.') }
    const owner = { ...net.cluster, RPC_PROVIDER_URL: provider('sound') }
    const own = { WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey }
    const runs = [
      await wcn([...register, '--draft', 'draft.json', '--out', 'request.json', '--debug'], options),
      await wcn(['key', 'prove', 'draft.json', '--secret-key-file', 'a.key', '--yes', '--debug'], options),
      await wcn(
        [...register, '--secret-key-file', 'a.key', '--secret-key-file', 'b.key', '--out', 'request.json'],
        options,
      ),
      await wcn(['operator', 'verify-request', 'request.json', '--debug'], { ...options, env: owner }),
      await wcn(['admin', 'operator', 'approve', 'request.json', '--yes', '--debug'], {
        ...options,
        env: { ...owner, ...own },
      }),
      await wcn(['nodes', 'export'], options),
    ]
    writeFileSync(box.path('nodes.json'), (runs.at(-1)?.stdout ?? '').replace('20.1.0.1', '20.1.0.3'))
    runs.push(await wcn(['nodes', 'diff', '-f', 'nodes.json', '--out', 'plan.json'], options))
    for (const run of runs) {
      expect(run, run.stderr).toMatchObject({ code: 0 })
      expect(secretsIn(JSON.stringify(run))).toEqual([])
    }
    for (const name of ['draft.json', 'request.json', 'plan.json'])
      expect({ name, found: secretsIn(readFileSync(box.path(name), 'utf8')) }).toEqual({ name, found: [] })
  })

  it('gives no secret to the programs that it runs', async () => {
    // Stands in the place of git: it notes what it was given, and says that the files are ignored.
    mkdirSync(box.path('tools'))
    writeFileSync(box.path('tools/git'), '#!/bin/sh\n{ env; echo "$@"; } >>"$HOME/given"\n')
    chmodSync(box.path('tools/git'), 0o755)
    mkdirSync(box.path('.git'))
    writeFileSync(box.path('deployment.yaml'), stringify(description()))
    const env = { ...signer(), ...everything(), HOME: box.path('.'), PATH: `${box.path('tools')}:${process.env.PATH}` }
    const run = await inItsProcess(['config', 'emit', '-f', 'deployment.yaml', '--out', 'env', '--debug'], {
      env,
      cwd: box.path('.'),
    })
    expect(run, run.stderr).toMatchObject({ code: 0 })
    expect(secretsIn(JSON.stringify(run))).toEqual([])
    const given = readFileSync(box.path('given'), 'utf8')
    expect(given).toContain('check-ignore')
    expect(secretsIn(given)).toEqual([])
    for (const name of readdirSync(box.path('env'))) expect(statSync(box.path(`env/${name}`)).mode & 0o777).toBe(0o600)
  })

  it('gives no secret to a chain that it starts, and none to the process list', async () => {
    const up = ['devnet', 'up', '--detach', '--chain-only', '--out', 'own.env']
    const started = await once(up, { env: everything() }, inItsProcess)
    expect(started, started.stderr).toMatchObject({ code: 0 })
    try {
      const pid = parseEnv(readFileSync(box.path('own.env'), 'utf8')).WCN_DEVNET_PID
      expect(secretsIn(readFileSync(`/proc/${pid}/environ`, 'utf8'))).toEqual([])
      expect(secretsIn(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))).toEqual([])
    } finally {
      expect(await once(['devnet', 'down', 'own.env'])).toMatchObject({ code: 0 })
    }

    const state = newState()
    const env = { ...net.cluster, WCN_STATE_DIR: state, WCN_KEYSTORE: box.path('keystore.json') }
    const asked = wcnInTerminal(['operator', 'rename', 'asked', '--debug'], {
      env: { ...env, WCN_KEYSTORE_PASSWORD: PASSWORD },
    })
    await asked.until('Send this transaction?')
    const folder = `${state}/locks/31337-${operator.address}`
    const [name] = readdirSync(folder)
    const { pid } = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).holder
    for (const shown of ['cmdline', 'comm', 'status'])
      expect(secretsIn(readFileSync(`/proc/${pid}/${shown}`, 'utf8'))).toEqual([])
    asked.type('n\r')
    expect(await asked.ended).toBe(3)
    expect(secretsIn(asked.screen)).toEqual([])
  })

  it('shows no secret: what signs, money, what was sent', async () => {
    const keystore = ['--keystore', 'keystore.json', '--password-file', 'password']
    const unset = { SMART_CONTRACT_SIGNER_PRIVATE_KEY: '' }
    const reads = [
      ['operator', 'funds', ...keystore],
      ['operator', 'address', ...keystore],
      ['operator', 'rename', 'x', '--dry-run', ...keystore],
      ['tx', 'list'],
      ['tx', 'resume', ...keystore],
      ['cluster', 'view', '--rpc-header-file', 'headers'],
    ]
    for (const args of reads) expect(await silently(args, { env: unset }), args.join(' ')).toBe(0)
    expect(await silently(['operator', 'funds', '--min', '1000000'])).toBe(8)
    const variables = { ...unset, WCN_KEYSTORE: 'keystore.json', WCN_KEYSTORE_PASSWORD: PASSWORD }
    expect(await silently(['operator', 'address'], { env: variables })).toBe(0)
    for (const [index, more] of [[], ['--json']].entries()) {
      const out = `made-${index}.json`
      const args = ['operator', 'keygen', '--keystore', '--out', out, '--password-file', 'password', ...more]
      expect(await once(args)).toMatchObject({ code: 0 })
      expect(secretsIn(readFileSync(box.path(out), 'utf8'))).toEqual([])
      expect(
        await once(['operator', 'rename', `Canary ${index}`, '--yes', ...keystore, ...more], { env: unset }),
      ).toMatchObject({ code: 0 })
    }
  })
})

/** Every secret that a shell may have exported. */
const everything = (): Variables => ({
  SMART_CONTRACT_SIGNER_PRIVATE_KEY: operator.privateKey,
  WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey,
  WCN_KEYSTORE_PASSWORD: PASSWORD,
  WCN_OWNER_KEYSTORE_PASSWORD: PASSWORD,
  HTTPS_PROXY: `http://${PROXY_USER}:${PROXY_PASSWORD}@127.0.0.1:1`,
  ...AWS_SECRETS,
})

describe('transactions', () => {
  const state = box.path('state/transactions')
  const env = { WCN_STATE_DIR: state }
  const automine = (on: boolean) => net.rpc('evm_setAutomine', on)
  afterEach(() => automine(true))

  it('are listed, shown, explained, finished, sped up and given up without their bytes', async () => {
    await automine(false)
    const rename = await once(['operator', 'rename', 'Stuck', '--yes', '--timeout', '4'], { env })
    expect(rename.code).toBe(6)
    const [{ hash, raw }] = journalled(state) as [Journalled]
    const reads = [
      ['tx', 'list'],
      ['tx', 'list', '--open'],
      ['tx', 'show', hash],
      ['tx', 'show', hash.slice(0, 12)],
      ['tx', 'decode', raw],
      ['operator', 'funds'],
    ]
    for (const args of reads) expect(await silently(args, { env }), args.join(' ')).toBe(0)
    for (const verb of ['show', 'resume']) expect(await silently(['tx', verb, raw], { env }), verb).not.toBe(0)
    expect((await once(['tx', 'resume', '--timeout', '2'], { env })).code).toBe(6)
    expect((await once(['tx', 'resume', '--speed-up', '--yes', '--json', '--timeout', '3'], { env })).code).toBe(6)
    expect((await once(['tx', 'cancel', hash, '--timeout', '30'], { env })).code).toBe(3)
    expect((await once(['tx', 'cancel', hash, '--yes', '--timeout', '3'], { env })).code).toBe(6)
    await net.rpc('anvil_mine', '0x1')
    expect((await once(['tx', 'resume'], { env })).code).toBe(0)
    expect(journalled(state)).toHaveLength(3)
  })

  it('are signed elsewhere and sent without their bytes', async () => {
    const request = await requestOf(net, await newApplicant(net, box))
    put('owner.json', lightKeystore(net.owner.privateKey, PASSWORD))
    const owner = { ...net.cluster, SMART_CONTRACT_SIGNER_PRIVATE_KEY: '', ...env }
    const approve = ['admin', 'operator', 'approve', request]
    expect(await once([...approve, '--unsigned', 'tx.json'], { env: owner })).toMatchObject({ code: 0 })
    expect(await once([...approve, '--unsigned', 'tx2.json', '--json'], { env: owner })).toMatchObject({ code: 0 })
    const sign = ['tx', 'sign', 'tx.json', '--keystore', 'owner.json', '--password-file', 'password', '--yes']
    expect(await once([...sign, '--out', 'signed.json'], { env: owner })).toMatchObject({ code: 0 })
    expect(await once([...sign, '--out', 'signed2.json', '--json'], { env: owner })).toMatchObject({ code: 0 })
    for (const name of ['tx.json', 'tx.safe.json', 'signed.json'])
      expect({ name, found: secretsIn(readFileSync(box.path(name), 'utf8')) }).toEqual({ name, found: [] })
    expect(statSync(box.path('signed.json')).mode & 0o777).toBe(0o600)
    const { raw } = JSON.parse(readFileSync(box.path('signed.json'), 'utf8'))
    raws.push(raw)
    put('changed.json', readFileSync(box.path('signed.json'), 'utf8').replace(/"nonce": \d+/, '"nonce": 777'))
    put('cut.json', readFileSync(box.path('signed.json'), 'utf8').slice(0, -40))
    for (const [args, code] of [
      [['tx', 'decode', 'signed.json'], 0],
      [['tx', 'decode', 'tx.safe.json'], 0],
      [['tx', 'decode', raw], 0],
      [['tx', 'decode', `${raw}00`], 8],
      [['tx', 'decode', 'changed.json'], 8],
      [['tx', 'send', 'signed.json', '--dry-run'], 0],
      [['tx', 'send', 'changed.json', '--yes'], 4],
      [['tx', 'send', 'cut.json', '--yes'], 2],
      [['tx', 'send', raw, '--yes'], 2],
      [['tx', 'sign', raw, '--out', 'never.json', '--yes'], 2],
    ] as const)
      expect(await silently(args, { env: owner }), args.join(' ').slice(0, 40)).toBe(code)
    expect(await once(['tx', 'send', 'signed.json', '--yes'], { env: owner })).toMatchObject({ code: 0 })
    expect(await once(['tx', 'send', 'signed.json', '--yes', '--json'], { env: owner })).toMatchObject({ code: 0 })
  })

  it('are signed by AWS KMS, which may say what it likes', async () => {
    const kms: KmsStandIn = await startKms(net.owner.privateKey as `0x${string}`)
    try {
      const request = await requestOf(net, await newApplicant(net, box))
      const owner = { ...net.cluster, ...kms.env, SMART_CONTRACT_SIGNER_PRIVATE_KEY: '', ...env }
      const args = ['admin', 'operator', 'approve', request, '--yes', '--kms-key-id', KMS_KEY_ID]
      const message = JSON.stringify(AWS_SECRETS)
      for (const type of ['AccessDeniedException', 'InvalidSignatureException', 'SomethingNew']) {
        kms.faults.push(...Array.from({ length: 6 }, () => ({ type, message })))
        expect(await silently(args, { env: owner }), type).toBe(5)
        kms.faults.length = 0
      }
      kms.faults.push(...Array.from({ length: 6 }, () => 'garbage' as const))
      expect(await silently(args, { env: owner })).toBe(5)
      kms.faults.length = 0
      expect(await once(args, { env: owner })).toMatchObject({ code: 0 })
    } finally {
      await kms.close()
    }
  })
})

function description() {
  const node = (name: string, index: number) => ({ name, ipv4_addr: `20.1.0.${index}`, secret_key_file: `${name}.key` })
  return {
    contract_address: net.contract,
    rpc_url: provider('sound').replace(/^http/, 'ws'),
    encryption_key_file: 'encryption.key',
    database: { address: '10.0.10.5', secret_key_file: 'database.key' },
    nodes: [{ ...node('a', 1), primary: true }, node('b', 2)],
  }
}

describe('a provider that repeats what it is sent', () => {
  const started: EchoingProvider[] = []
  afterAll(() => Promise.all(started.map((one) => one.stop())))

  async function start(echo: Echo, only: (method: string) => boolean = () => true) {
    const echoing = await startEchoingProvider(() => net.rpcUrl)
    started.push(echoing)
    Object.assign(echoing, { echo, only })
    const url = `${echoing.url.replace('//', `//user:${TOKEN}@`)}/v2/${TOKEN}?key=${TOKEN}`
    return { echoing, through: { RPC_PROVIDER_URL: url, WCN_RPC_HEADER_FILE: 'headers' } }
  }
  const rename = ['operator', 'rename', 'Echo', '--yes', '--timeout', '3']

  // Most of the time goes by waiting for it.
  describe.concurrent('shows nothing of that', () => {
    it.each(ECHOES)('%s', async (echo) => {
      const { echoing, through } = await start(echo)
      for (const args of [['cluster', 'view', '--timeout', '3'], rename])
        expect([4, 5], args.join(' ')).toContain(
          (await failingBeside(args, { env: { ...through, WCN_STATE_DIR: newState() } })).code,
        )
      echoing.only = (asked) => asked === 'eth_estimateGas'
      expect([4, 5]).toContain((await failingBeside(rename, { env: { ...through, WCN_STATE_DIR: newState() } })).code)
      // A refusal is part of what explains a call.
      const raw = await privateKeyToAccount(operator.privateKey as Hex).signTransaction({
        ...{ chainId: 31337, nonce: 7, to: net.contract as Hex, gas: 1n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n },
        data: calldata('setMaintenance', true),
      })
      await twice(['tx', 'decode', raw], { env: through })
      raws.push(raw)
      // What it says of a transaction is kept in the journal, and told to whoever asks.
      echoing.only = (asked) => asked === SEND
      const env = { ...through, WCN_STATE_DIR: newState() }
      expect([5, 6]).toContain((await failingBeside(rename, { env })).code)
      await twice(['tx', 'resume', '--timeout', '2'], { env }, inItsProcess)
      await twice(['tx', 'list'], { env })
      expect(echoing.heard.authorization).toContain(`Bearer ${HEADER_TOKEN}`)
      raws.push(...echoing.heard.raw)
    })
  })

  describe.concurrent('shows nothing of that in the place of a receipt', () => {
    // Two accounts: neither waits for the other.
    it.each([
      ['error', 1],
      ['result', 2],
    ] as const)('%s', async (echo, index) => {
      const { through } = await start(echo, (asked) => asked === 'eth_getTransactionReceipt')
      const { privateKey = '' } = net.operators[index] ?? {}
      const env = { ...through, WCN_STATE_DIR: newState(), SMART_CONTRACT_SIGNER_PRIVATE_KEY: privateKey }
      // Time enough to send while others run beside it; nothing comes after that.
      const args = [...rename.slice(0, -2), '--timeout', '8']
      expect(await once(args, { env }, inItsProcess)).toMatchObject({ code: 6 })
      const [{ hash }] = journalled(env.WCN_STATE_DIR) as [Journalled]
      for (const args of [
        ['tx', 'show', hash],
        ['tx', 'resume', '--timeout', '2'],
      ])
        await twice(args, { env }, inItsProcess)
    })
  })

  it('shows nothing of that through a WebSocket', async () => {
    const fake = await startFakeProvider()
    try {
      const env = { RPC_PROVIDER_URL: fake.wsUrl, WCN_RPC_HEADER_FILE: 'headers' }
      const message = `no more of ${HEADER_TOKEN} at ${fake.wsUrl}`
      fake.onFrame = ({ id }, socket) => {
        socket.send(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message, data: message } }))
        return true
      }
      for (const args of [['cluster', 'view'], rename]) expect(await failing(args, { env })).toMatchObject({ code: 5 })
      fake.onFrame = (_, socket) => {
        socket.close(1008, HEADER_TOKEN)
        return true
      }
      for (const args of [['cluster', 'view'], rename])
        expect(await failing([...args, '--timeout', '3'], { env })).toMatchObject({ code: 5 })
      fake.welcome = 401
      expect(await failing(['cluster', 'view', '--timeout', '3'], { env })).toMatchObject({ code: 5 })
    } finally {
      await fake.stop()
    }
  })

  it('shows nothing of a list of URLs, nor where they are not of one mind', async () => {
    const { echoing } = await start('error')
    const urls = `${provider('sound').replaceAll(TOKEN, URLS_TOKEN)} ${echoing.url}/v2/${URLS_TOKEN}`
    const env = { RPC_PROVIDER_URL: '', WCN_RPC_URLS: urls }
    put('sections', `[${new URL(echoing.url).host}]\nauthorization: Bearer ${HEADER_TOKEN}\n`)
    const flags = ['--rpc-header-file', 'sections', '--timeout', '6']
    expect(await silently(['cluster', 'view', ...flags], { env })).toBe(5)
    expect(await silently(['cluster', 'view', ...flags, '--rpc-quorum', '1'], { env })).toBe(0)
    expect(await silently(['operator', 'rename', 'x', '--yes', ...flags], { env })).toBe(5)
    // The same header for all of them goes to nobody.
    expect(await silently(['cluster', 'view', '--rpc-header-file', 'headers'], { env })).toBe(2)
  })
})

describe('a proxy', () => {
  let proxy: ForwardProxy
  beforeAll(async () => {
    proxy = await startForwardProxy()
  })
  afterAll(() => proxy.stop())

  it('is named without its credentials, whatever it does', async () => {
    const through = (host: string) => ({ HTTP_PROXY: `http://${PROXY_USER}:${PROXY_PASSWORD}@${host}` })
    for (const [behaviour, code, timeout] of [
      ['serve', 0, '60'],
      ['refuse', 5, '60'],
      ['hang', 5, '3'],
    ] as const) {
      proxy.behaviour = behaviour
      const env = { ...through(proxy.host), WCN_STATE_DIR: newState() }
      const runs = [
        ['cluster', 'view'],
        ['operator', 'rename', 'Proxied', '--yes'],
      ].map((args) => once([...args, '--timeout', timeout], { env }, inItsProcess))
      for (const run of await Promise.all(runs)) expect(run, run.stderr).toMatchObject({ code })
    }
    expect(proxy.credentials).toContain(`${PROXY_USER}:${PROXY_PASSWORD}`)
    expect(await silently(['cluster', 'view'], { env: through('127.0.0.1:1') })).toBe(5)
    expect(await silently(['cluster', 'view'], { env: { HTTP_PROXY: `${PROXY_PASSWORD}://x` } })).toBe(2)
  })
})

/** What would contradict it. */
const UNSET_BESIDE: Readonly<Record<string, string>> = {
  WCN_RPC_URLS: 'RPC_PROVIDER_URL',
  WCN_PRIVATE_KEY_FILE: 'SMART_CONTRACT_SIGNER_PRIVATE_KEY',
  WCN_KEYSTORE: 'SMART_CONTRACT_SIGNER_PRIVATE_KEY',
  WCN_ENCRYPTION_KEY_FILE: 'SMART_CONTRACT_ENCRYPTION_KEY',
}

describe('what fails', () => {
  it('shows no secret when the provider fails', async () => {
    const faults = ['html', 'forbidden', 'garbage', 'errors', 'cut', 'readOnly'] as const
    const runs = faults.flatMap((fault) =>
      [
        ['cluster', 'view'],
        ['operator', 'rename', `by ${fault}`, '--yes'],
      ].map(async (args) => {
        const env = { RPC_PROVIDER_URL: provider(fault), WCN_STATE_DIR: newState() }
        const { code } = await failingBeside(args, { env })
        const wanted = fault === 'readOnly' && args[0] === 'cluster' ? 0 : 5
        expect({ fault, args, code }).toEqual({ fault, args, code: wanted })
      }),
    )
    await Promise.all(runs)
    for (const url of [`ws://user:${TOKEN}@127.0.0.1:1/v2/${TOKEN}`, `https://${TOKEN}@127.0.0.1:1/?key=${TOKEN}`])
      expect((await failing(['cluster', 'view'], { env: { RPC_PROVIDER_URL: url } })).code).toBe(5)
    for (const url of [`htp://127.0.0.1/${TOKEN}`, `127.0.0.1/${TOKEN}`])
      expect((await failing(['cluster', 'view'], { env: { RPC_PROVIDER_URL: url } })).code).toBe(2)
    const contradicted = { WCN_CHAIN_ID: '10', OPTIMISM_RPC_PROVIDER_URL: `http://127.0.0.1/${TOKEN}` }
    expect((await failing(['cluster', 'view'], { env: contradicted })).code).toBe(2)
  })

  it('shows no secret that stands in the wrong place', async () => {
    const key = operator.privateKey
    const secret = nodeKeys[0]?.secret ?? ''
    for (const args of [
      [key],
      [secret],
      ['nodes', key],
      ['nodes', 'list', `--privatekey=${key}`],
      ['nodes', 'list', '--private-key', `${key}0`],
      ['nodes', 'list', key],
      ['nodes', 'list', '--private-key-file', key],
      ['nodes', 'list', '--encryption-key-file', net.encryptionKey],
      ['nodes', 'list', '--contract-address', key],
      ['nodes', 'list', '--operator', key],
      ['nodes', 'list', '--chain-id', key],
      ['nodes', 'list', '--timeout', key],
      ['nodes', 'list', '--rpc-url', key],
      ['nodes', 'list', `--rpcurl=${provider('sound')}`],
      ['nodes', 'update', secret, '-p', '1'],
      ['nodes', 'update', '0', '-p', key],
      ['nodes', 'update', '-f', secret],
      ['nodes', 'add', '-i', secret, '-a', key, '-p', '1', '-s', '2'],
      ['clients', 'set', secret, '-n', '1'],
      ['clients', 'set', peerId(0), '-n', key],
      ['operator', 'rename', key, '--yes'],
      ['operator', 'register', '--name', 'x', '--node', `${secret},${key},1,2`],
      ['operator', 'register', '--status', secret],
      ['operator', 'verify-request', key],
      ['key', 'inspect', secret],
      ['key', 'inspect', '--secret-key-file', secret],
      ['key', 'generate', '--count', key],
      ['config', 'emit', '-f', 'x', '--out', 'y', '--format', key],
      ['admin', 'deploy', '-o', key, '--settings', key],
      ['devnet', 'up', '--port', key],
      ['operator', 'rename', 'x', '--yes', '--finality', key],
      ['operator', 'rename', 'Other', '--yes', '--max-fee', key],
      ['operator', 'rename', 'Other', '--yes', '--max-cost', key],
      ['operator', 'funds', '--min', key],
      ['operator', 'address', '--keystore', key],
      ['operator', 'address', '--keystore', 'keystore.json', '--password-file', key],
      ['operator', 'address', '--kms-key-id', key],
      ['operator', 'keygen', '--keystore', '--out', 'a.key', '--password-file', secret],
      ['nodes', 'list', '--rpc-quorum', key],
      ['nodes', 'list', '--rpc-header-file', key],
      ['nodes', 'list', '--rpc-ca-file', key],
      ['admin', 'operator', 'approve', key, '--unsigned', 'x', '--yes'],
      ['admin', 'operator', 'approve', 'x', '--kms-key-id', key, '--yes'],
      ['tx', 'show', key],
      ['tx', 'resume', key],
      ['tx', 'cancel', key, '--yes'],
      ['tx', 'show', secret],
      ['tx', 'sign', key, '--out', 'x', '--yes'],
      ['tx', 'send', key, '--yes'],
      ['tx', 'decode', secret],
      ['nodes', 'check', key],
      ['nodes', 'check', secret],
      ['nodes', 'check', '-f', key],
      ['nodes', 'check', '--node-key-file', secret],
      ['nodes', 'check', '--metrics', `${secret}=${key}:1`],
      ['nodes', 'check', '--database', key],
      ['nodes', 'check', '--database', '127.0.0.1', '--inside', '--database-peer-id', secret],
      ['nodes', 'check', '--watch', '--interval', key],
      ['nodes', 'add', '-i', peerId(0), '-a', '20.1.1.1', '-p', '1', '-s', '2', '--verify', '--node-key-file', secret],
      ['nodes', 'rollout', '--primary', key, '--', 'true'],
      ['nodes', 'rollout', '--node', secret, '--', 'true'],
      ['nodes', 'rollout', '--batch', key, '--', 'true'],
      ['nodes', 'rollout', '--', key],
      ['nodes', 'rotate', secret, '-p', '1'],
      ['nodes', 'rotate', '0', '--peer-id', secret],
      ['maintenance', 'enter', '--wait', key, '--yes'],
      ['maintenance', 'run', '--node-key-file', secret, '--yes', '--', 'true'],
      ['maintenance', 'run', '--max-duration', key, '--yes', '--', 'true'],
      ['maintenance', 'run', '--yes', '--', secret],
      ['doctor', '--probe-timeout', key],
      ['doctor', '--only', key],
      ['doctor', '--database', secret],
      ['doctor', '--metrics', key],
    ]) {
      const { code } = await failing(args)
      expect({ args, refused: [2, 4].includes(code ?? 0) }).toEqual({ args, refused: true })
    }
    for (const name of [
      'SMART_CONTRACT_ADDRESS',
      'WCN_OPERATOR',
      'WCN_CHAIN_ID',
      'WCN_TIMEOUT',
      'WCN_ALLOW_PRIVATE_ADDRESSES',
      'WCN_RPC_QUORUM',
      'WCN_RPC_HEADER_FILE',
      'WCN_RPC_CA_FILE',
      'WCN_RPC_URLS',
      'WCN_PRIVATE_KEY_FILE',
      'WCN_ENCRYPTION_KEY_FILE',
      'WCN_KEYSTORE',
      'WCN_MAX_FEE',
      'WCN_MAX_COST',
      'WCN_FINALITY',
    ])
      for (const value of [key, secret]) {
        const args = name.startsWith('WCN_ALLOW')
          ? ['nodes', 'add', '-i', peerId(0), '-a', '20.1.1.1', '-p', '1', '-s', '2']
          : /WCN_(?:MAX|FINALITY)/.test(name)
            ? ['operator', 'rename', 'Other', '--yes']
            : ['nodes', 'list']
        const unset = UNSET_BESIDE[name]
        const env = { ...(unset && { [unset]: '' }), [name]: value }
        expect({ name, code: (await failing(args, { env })).code }).toEqual({ name, code: 2 })
      }
  })

  it('shows no secret of a file that it cannot read', async () => {
    const key = operator.privateKey
    const secret = nodeKeys[0]?.secret ?? ''
    const files: Readonly<Record<string, string>> = {
      'spaced.key': ` ${key}`,
      'two.key': `${key}\n${key}\n`,
      'quoted.key': `"${secret}"`,
      'colon.env': `SMART_CONTRACT_SIGNER_PRIVATE_KEY: ${key}\n`,
      'open.env': `SMART_CONTRACT_SIGNER_PRIVATE_KEY='${key}\n`,
      'peer.yaml': `nodes:\n  - { peer_id: "${secret}", ipv4_addr: 20.1.1.1, primary_port: 1, secondary_port: 2 }\n`,
      'field.yaml': `${key}: 1\nnodes: []\n`,
      'broken.yaml': `nodes: [ "${secret}\n`,
      'secret.yaml': stringify({ ...description(), secret_key: secret, operator_key_file: key }),
      'request.json.broken': `{"type":"wcn-join-request","version":1,"signature":"${key}"}`,
      'not.keystore': `{"version":3,"private_key":"${key}"}`,
      'inside.keystore': lightKeystore(key, 'x').replace(/"mac":"/, `"mac":"${key}`),
      'no.headers': `Bearer ${HEADER_TOKEN}\n`,
      'forbidden.headers': `host: ${HEADER_TOKEN}\n`,
      'odd.headers': `x-key: ${HEADER_TOKEN}\u0007\n`,
      'wrong.password': `${PASSWORD}!\n`,
      'tx.broken': `{"type":"wcn-unsigned-transaction","version":1,"from":"${key}"}`,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(box.path(name), text, { mode: 0o600 })
    for (const args of [
      ['operator', 'address', '--private-key-file', 'spaced.key'],
      ['operator', 'address', '--private-key-file', 'two.key'],
      ['key', 'inspect', '--secret-key-file', 'quoted.key'],
      ['nodes', 'list', '--env-file', 'colon.env'],
      ['nodes', 'list', '--env-file', 'open.env'],
      ['nodes', 'diff', '-f', 'peer.yaml'],
      ['nodes', 'diff', '-f', 'field.yaml'],
      ['nodes', 'diff', '-f', 'broken.yaml'],
      ['config', 'emit', '-f', 'secret.yaml', '--out', 'never'],
      ['operator', 'verify-request', 'request.json.broken'],
      ['operator', 'address', '--keystore', 'not.keystore', '--password-file', 'password'],
      ['operator', 'address', '--keystore', 'inside.keystore', '--password-file', 'password'],
      ['operator', 'address', '--keystore', 'two.key', '--password-file', 'password'],
      ['operator', 'address', '--keystore', 'keystore.json', '--password-file', 'wrong.password'],
      ['operator', 'address', '--private-key-file', 'password'],
      ['nodes', 'list', '--rpc-header-file', 'no.headers'],
      ['nodes', 'list', '--rpc-header-file', 'forbidden.headers'],
      ['nodes', 'list', '--rpc-header-file', 'odd.headers'],
      ['nodes', 'list', '--rpc-ca-file', 'headers'],
      ['tx', 'sign', 'tx.broken', '--out', 'never', '--yes'],
      ['tx', 'send', 'two.key', '--yes'],
      ['tx', 'decode', 'keystore.json'],
    ])
      expect({ args, code: (await failing(args)).code }).toEqual({ args, code: 2 })
  })

  it('shows no secret of a journal that it cannot read', async () => {
    const state = newState()
    const env = { WCN_STATE_DIR: state }
    expect(await once(['operator', 'rename', 'Journalled', '--yes'], { env })).toMatchObject({ code: 0 })
    const [name] = readdirSync(`${state}/journal`)
    const path = `${state}/journal/${name}`
    const text = readFileSync(path, 'utf8')
    for (const damaged of [text.slice(0, -100), text.replace(/"raw": "/, `"raw": "${operator.privateKey}`)]) {
      writeFileSync(path, damaged)
      for (const args of [
        ['tx', 'list'],
        ['tx', 'resume'],
        ['operator', 'rename', 'Never', '--yes'],
      ])
        expect([0, 2]).toContain(await silently(args, { env }))
    }
    writeFileSync(path, text)
  })
})

interface Journalled {
  readonly hash: string
  readonly raw: string
}

/** Signed transactions that were met on the way. */
const raws: string[] = []

function journalled(state: string): readonly Journalled[] {
  const folder = `${state}/journal`
  return readdirSync(folder).flatMap((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).entries)
}

function filesBelow(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).map((name) => `${folder}/${name}`)
}

it('signed transactions are in the journals, which are private, and were printed nowhere', () => {
  const journals: string[] = []
  for (const path of filesBelow(box.path('state'))) {
    const stats = statSync(path)
    expect([path, stats.mode & 0o077]).toEqual([path, 0])
    if (!stats.isFile()) continue
    const text = readFileSync(path, 'utf8')
    expect({ path, found: secretsIn(text) }).toEqual({ path, found: [] })
    if (path.includes('/journal/')) journals.push(text)
    else expect(path).toMatch(/\/(?:contracts\/|locks\/|nodes\.json$)/)
  }
  const known = [...journals.flatMap((text) => JSON.parse(text).entries.map(({ raw }: Journalled) => raw)), ...raws]
  expect(known.length).toBeGreaterThan(20)
  // Its envelope up to the calldata, which is public, and its signature.
  const parts = new Set(known.flatMap((raw: string) => [raw.slice(2, 66), raw.slice(-60)]))
  const leaks = printed.filter(({ text }) => [...parts].some((part) => text.includes(part)))
  expect(leaks).toEqual([])
})
