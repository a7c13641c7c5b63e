/**
 * As canary.test.ts, for what looks at nodes and runs commands: nodes that repeat the URL of their own RPC provider, names
 * and labels that are out to rewrite a terminal, and commands that see what they are given.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey } from '../../src/base/keys/node-keypair.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { type PlainNode, storeNode } from '../../src/cluster/plain-node.js'
import { canary } from '../support/canary.js'
import { type CliResult, sandbox, wcn, withFlags } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { ECHOES, type EchoingProvider, startEchoingProvider } from '../support/echoing-provider.js'
import { TOKEN } from '../support/fake-provider.js'
import { wcnInProcess } from '../support/in-process.js'
import { lightKeystore } from '../support/light-keystore.js'
import { useProviders } from '../support/misbehaving-provider.js'
import { node as goldenNode, ip } from '../support/nodes.js'
import { plainOf, quicAvailable, startTestDatabase, startTestNode, type TestStandIn } from '../support/stand-ins.js'

const PASSWORD = 'canary pass phrase of the keystore'
const HEADER_TOKEN = 'canary-header-5f2e9a71'
/** Of the provider that a node works with, which this tool knows nothing of. */
const NODE_TOKEN = 'canarynode7c1f'
const EVIL = 'a\u001b[31m\u0007\u009b2J\u202e\r\nb'
/** Inside quotation marks, and in JSON. */
const ESCAPED = /a\\u(?:001b|\{1b\})\[31m\\u(?:0007|\{7\})/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
/** What the errors of RPC libraries look like, and of those who want to harm. */
const NODE_ERROR = [
  `error sending request for url (wss://opt.example.com/v2/${NODE_TOKEN}): 401 Unauthorized`,
  `wss://user:${NODE_TOKEN}@opt.example.com is gone`,
  `{"key":"${NODE_TOKEN}"} Authorization: Bearer ${NODE_TOKEN}`,
  EVIL,
].join(' ')

/** Of every answer. */
const FAILING = { says: () => ({ Err: { code: 0, message: NODE_ERROR } }) }

const ahead = (view: ClusterView) => ({ ...view, version: view.version + 99n })
/** Of whatever is written meanwhile: nobody is looked at twice for being behind. */
const AHEAD = { shown: ahead, followed: ahead }

describe.skipIf(!quicAvailable)('nodes and commands', () => {
  const net = useDevnet()
  const provider = useProviders(net)
  const box = sandbox()
  const nodes: TestStandIn[] = []
  const { secrets, secretsIn } = canary(
    new Map([
      ['RPC token', TOKEN],
      ['token in a header', HEADER_TOKEN],
      ["token of a node's provider", NODE_TOKEN],
      ['password of a keystore', PASSWORD],
    ]),
  )
  let operator: Account
  const printed: string[] = []
  let villain: Account
  let database: TestStandIn | undefined
  /** Whether a node says in its metrics whom it can't reach: then it is asked twice. */
  let labelled = true
  afterAll(async () => {
    await Promise.all([...nodes, ...(database ? [database] : [])].map((one) => one.stop()))
    box.remove()
  })

  beforeAll(async () => {
    ;[operator, villain] = net.operators as [Account, Account]
    let count = 0
    const unreachable = () => {
      const address = EVIL.replace(/[\r\n]/g, '')
      return `wcn_rpc_client_connection_errors{remote_addr="${address}",remote_peer_id="${nodes[0]?.peerId}",kind="\u202eevil\u001b[2J"} ${++count}\n`
    }
    const says = (usual: unknown, request: unknown) =>
      request === 'node' && labelled ? { Ok: `${(usual as { Ok: string }).Ok}${unreachable()}` } : usual
    database = await startTestDatabase()
    for (const faults of [{}, {}, { primary: FAILING, secondary: FAILING }, { secondary: { says } }, {}])
      nodes.push(await startTestNode(net, { database, faults: { ...AHEAD, ...faults } }))
    const [first, second, third, fourth, impostor] = nodes.map(plainOf) as [
      PlainNode,
      PlainNode,
      PlainNode,
      PlainNode,
      PlainNode,
    ]
    const key = parseEncryptionKey(net.encryptionKey, 'the devnet')
    const put = (account: Account, name: string, list: readonly PlainNode[]) =>
      net.putData(account, encodeOperatorData({ name, nodes: list.map((node) => storeNode(node, key)), clients: [] }))
    // At the last one's address somebody answers whom the chain lists as the villain's.
    const stranger = { ...impostor, peerId: goldenNode(5).peerId }
    await put(operator, EVIL, [first, second, third, fourth, stranger])
    await put(villain, EVIL, [impostor, goldenNode(6, { ipv4Addr: ip('203.0.113.6') })])
    const file = (name: string, text: string) => writeFileSync(box.path(name), text, { mode: 0o600 })
    for (const [index, { keypair }] of nodes.entries()) {
      const secret = encodeNodeSecretKey(keypair.secretKey)
      secrets.set(`key of nodes[${index}]`, secret)
      secrets.set(`key of nodes[${index}] in hex`, Buffer.from(secret, 'base64').toString('hex'))
      file(`${index}.key`, `${secret}\n`)
    }
    for (const { address, privateKey } of net.operators) secrets.set(`key of ${address}`, privateKey.slice(2))
    secrets.set('encryption key', net.encryptionKey.slice(2))
    file('headers', `authorization: Bearer ${HEADER_TOKEN}\n`)
    file('keystore.json', lightKeystore(operator.privateKey, PASSWORD))
    file('encryption.key', net.encryptionKey)
    mkdirSync(box.path('services'))
    file('services/node.env', `SECRET_KEY=${encodeNodeSecretKey(nodes[0]?.keypair.secretKey as never)}\n`)
  })

  /** Every place where a secret of the operator's may be. */
  const everything = (): Variables => ({
    ...net.cluster,
    SMART_CONTRACT_SIGNER_PRIVATE_KEY: '',
    RPC_PROVIDER_URL: provider('sound'),
    WCN_RPC_HEADER_FILE: box.path('headers'),
    WCN_KEYSTORE: box.path('keystore.json'),
    WCN_KEYSTORE_PASSWORD: PASSWORD,
    WCN_OWNER_KEYSTORE_PASSWORD: PASSWORD,
    WCN_NODE_KEY_FILE: box.path('0.key'),
    WCN_STATE_DIR: box.path('state'),
    GIVEN: box.path('given'),
  })

  function expectSilent(args: readonly string[], run: CliResult): void {
    const text = `${run.stdout}${run.stderr}`
    printed.push(text)
    expect({ args, found: secretsIn(text), control: CONTROL.exec(text)?.[0] ?? null }, text).toEqual({
      args,
      found: [],
      control: null,
    })
  }

  async function once(args: readonly string[], env: Variables = {}, runner = wcn): Promise<CliResult> {
    const run = await runner(args, { env: { ...everything(), ...env }, cwd: box.path('.') })
    expectSilent(args, run)
    return run
  }

  /** For people and for scripts, with stack traces; what comes after -- stays last. Gives back both. */
  async function silently(args: readonly string[], env: Variables = {}): Promise<readonly [CliResult, CliResult]> {
    const human = await once(withFlags(args, '--debug'), env)
    const script = await once(withFlags(args, '--debug', '--json'), env)
    expect(script.code, script.stderr).toBe(human.code)
    return [human, script]
  }

  const quick = ['--probe-timeout', '20s']
  const valuesOf = ({ peerId, host, primaryPort, secondaryPort }: TestStandIn) => [
    ...['--peer-id', peerId, '--ip-address', host],
    ...['--primary-port', `${primaryPort}`, '--secondary-port', `${secondaryPort}`],
  ]

  describe('show no secret, and nothing that acts on a terminal', () => {
    it('nodes check', async () => {
      for (const { code, stdout } of await silently(['nodes', 'check', ...quick])) {
        expect(code, stdout).toBe(8)
        expect(stdout).toMatch(/its RPC provider fails: .*error sending request for url … 401 Unauthorized/)
        expect(stdout).toMatch(/a node of operator .*answers in its stead/)
        expect(stdout).toMatch(/can't reach/)
        expect(stdout).toMatch(ESCAPED)
      }
      labelled = false
      const { host, primaryPort } = nodes[0] as TestStandIn
      expect((await silently(['nodes', 'check', '--database', `${host}:${primaryPort}`]))[0].code).toBe(8)
    })

    it('doctor', async () => {
      const [human] = await silently(['doctor', 'services', ...quick])
      expect(human.code).toBe(8)
      expect(human.stdout).toMatch(ESCAPED)
    })

    it.each(['node', 'operator'])('doctor, with the key of a %s in the wrong place', async (whose) => {
      const wrong = secrets.get(whose === 'node' ? 'key of nodes[0]' : `key of ${operator.address}`) ?? ''
      const variables = ['WCN_NODE_KEY_FILE', 'WCN_KEYSTORE', 'WCN_RPC_HEADER_FILE', 'WCN_OPERATOR', 'WCN_MIN_FUNDS']
      const flags = ['--node-key-file', '--keystore', '--rpc-header-file', '--rpc-url', '-f', '--min']
      const doctor = ['doctor', '--skip', 'nodes', '--skip', 'database', '--debug']
      const runs = await Promise.all([
        ...variables.map((name) => once(doctor, { [name]: wrong }, wcnInProcess)),
        ...flags.map((flag) => once([...doctor, '--json', flag, wrong], {}, wcnInProcess)),
        once([...doctor, wrong], {}, wcnInProcess),
      ])
      for (const { code } of runs) expect([2, 8]).toContain(code)
    })

    it('doctor, with providers that repeat what they are sent', async () => {
      const started: EchoingProvider[] = []
      const asked = ['providers', 'contract', 'membership', 'funds', 'clock'].flatMap((group) => ['--only', group])
      const examine = (url: string) => once(['doctor', ...asked, '--debug'], { RPC_PROVIDER_URL: url })
      const echoes = ECHOES.map(async (echo) => {
        const echoing = await startEchoingProvider(() => net.rpcUrl)
        started.push(echoing)
        Object.assign(echoing, { echo, only: () => true })
        const run = await examine(`${echoing.url.replace('//', `//user:${TOKEN}@`)}/v2/${TOKEN}?key=${TOKEN}`)
        expect(echoing.heard.authorization).toContain(`Bearer ${HEADER_TOKEN}`)
        return run
      })
      const faults = (['html', 'forbidden', 'garbage', 'errors', 'cut'] as const).map((fault) =>
        examine(provider(fault)),
      )
      try {
        for (const run of await Promise.all([...echoes, ...faults])) expect(run.code, run.stderr).toBe(8)
      } finally {
        await Promise.all(started.map((one) => one.stop()))
      }
    })

    it('--verify', async () => {
      const flags = ['--yes', '--verify', ...quick]
      const { primaryPort, secondaryPort } = nodes[4] as TestStandIn
      const impostor = ['nodes', 'update', '0', '-p', `${primaryPort}`, '-s', `${secondaryPort}`, ...flags]
      const stranger = ['nodes', 'remove', '4', '--yes']
      expect((await once(stranger)).code).toBe(0)
      const [refused] = await silently(impostor)
      expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('nothing was sent') })
      expect(refused.stderr).toMatch(ESCAPED)
    })

    it('nodes rotate', async () => {
      const fresh = await startTestNode(net, { faults: { primary: FAILING, secondary: FAILING } })
      nodes.push(fresh)
      const rotate = ['nodes', 'rotate', '1', ...valuesOf(fresh), '--yes', ...quick]
      await silently([...rotate, '--dry-run'])
      const failed = await once([...rotate, '--node-timeout', '1s', '--debug'])
      expect(failed).toMatchObject({ code: 8, stderr: expect.stringContaining('401 Unauthorized') })
      const again = rotate.with(2, `${nodes[1]?.host}:${nodes[1]?.primaryPort}`)
      expect(await once([...again, '--node-timeout', '1s', '--json'])).toMatchObject({ code: 8 })
      expect((await once(['nodes', 'remove', fresh.peerId, '--yes'])).code).toBe(0)
    })

    it('nodes rollout', async () => {
      const rollout = ['nodes', 'rollout', '--settle', '1s', '--node-timeout', '1s', ...quick]
      const snoop = (...flags: readonly string[]) => [...rollout, '--debug', ...flags, '--', 'sh', '-c', SNOOP]
      const done = await once(snoop('--node', '0'))
      expect(done, done.stderr).toMatchObject({ code: 0 })
      expectGivenNothing()
      const down = await once(snoop('--json', '--node', '2'))
      expect(down).toMatchObject({ code: 8, stdout: expect.stringContaining('error sending request for url … 401') })
      const failed = await once([...rollout, '--debug', '--node', '1', '--', 'sh', '-c', 'exit 3'])
      expect(failed).toMatchObject({ code: 11, stderr: expect.stringContaining('error sending request for url … 401') })
      const [none] = await silently([...rollout, '--', `no${EVIL}such`])
      expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(ESCAPED) })
    })

    it('maintenance run', async () => {
      const run = ['maintenance', 'run', '--yes', '--debug', ...quick]
      const done = await once([...run, '--', 'sh', '-c', SNOOP])
      expect(done, done.stderr).toMatchObject({ code: 0 })
      expectGivenNothing()
      await Promise.all(nodes.map((node) => node.misbehave({ ...AHEAD, secondary: FAILING })))
      const kept = await once([...run, '--database-timeout', '1s', '--json', '--', 'true'])
      expect(kept).toMatchObject({ code: 8, stdout: expect.stringContaining('the node says of it') })
      expect((await once(['maintenance', 'exit', '--yes'])).code).toBe(0)
    })

    it('maintenance enter --wait', async () => {
      const theirs = { WCN_KEYSTORE: '', SMART_CONTRACT_SIGNER_PRIVATE_KEY: villain.privateKey }
      expect((await once(['maintenance', 'enter', '--yes'], theirs)).code).toBe(0)
      const taken = await once(['maintenance', 'enter', '--wait', '1s', '--yes', '--debug'])
      expect(taken).toMatchObject({ code: 7, stderr: expect.stringMatching(ESCAPED) })
      expect((await once(['maintenance', 'exit', '--yes'], theirs)).code).toBe(0)
    })
  })

  it('print no signed transaction', () => {
    const journals = readdirSync(box.path('state/journal')).map((name) =>
      readFileSync(box.path(`state/journal/${name}`), 'utf8'),
    )
    const raws = journals.flatMap((text) => JSON.parse(text).entries.map(({ raw }: { readonly raw: string }) => raw))
    expect(raws.length).toBeGreaterThan(6)
    // Its envelope up to the calldata, which is public, and its signature.
    const parts = raws.flatMap((raw) => [raw.slice(2, 66), raw.slice(-60)])
    expect(printed.filter((text) => parts.some((part) => text.includes(part)))).toEqual([])
  })

  /** What a command can see of what started it. */
  const SNOOP = '{ env; cat /proc/$$/cmdline; ls -l /proc/$$/fd; cat; } > "$GIVEN"'

  function expectGivenNothing(): void {
    const given = readFileSync(box.path('given'), 'utf8')
    expect(given).toContain('PATH=')
    expect(secretsIn(given)).toEqual([])
    expect(given).not.toMatch(/headers|keystore|\.key/)
  }

  afterEach(() => {
    // Signed transactions are in the journals alone, and those are private.
    const state = box.path('state')
    if (!existsSync(state)) return
    for (const name of readdirSync(state, { recursive: true }) as string[]) {
      const path = `${state}/${name}`
      const stats = statSync(path)
      expect([name, stats.mode & 0o077]).toEqual([name, 0])
      if (stats.isFile()) expect({ name, found: secretsIn(readFileSync(path, 'utf8')) }).toEqual({ name, found: [] })
    }
  })
})
