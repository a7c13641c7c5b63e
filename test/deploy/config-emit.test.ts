/** `config emit`: what is written where, what is refused, and that a refusal leaves nothing behind. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { createPaint, plainPaint } from '../../src/cli/paint.js'
import { type Input, run } from '../../src/deploy/config-emit.js'
import { configEmitText } from '../../src/deploy/view.js'
import { type Sandbox, sandbox } from '../support/cli.js'
import {
  CONTRACT,
  DESCRIPTION,
  databaseKey,
  ENCRYPTION_KEY,
  keypairOf,
  nodeKeys,
  OPERATOR_KEY,
  putDeployment,
  putSecret,
  RPC_URL,
  SECRETS,
  secretOf,
} from '../support/deployment.js'
import { rejectionOf } from '../support/rejection.js'
import { type Overrides, testServices } from '../support/services.js'

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => box.remove())

const [N0, N1] = DESCRIPTION.nodes
const emit = (input: Input, overrides: Overrides = {}) => run(testServices(overrides), input)
const emitFile = (input: Input = {}, overrides: Overrides = {}) =>
  emit({ file: box.path('deployment.yaml'), ...(input.stdout ? {} : { out: box.path('out') }), ...input }, overrides)
const written = (name: string) => readFileSync(box.path(`out/${name}`), 'utf8')
const variables = (name: string) => parseEnv(written(name))
const nothingWritten = () => expect(existsSync(box.path('out'))).toBe(false)

describe('config emit', () => {
  it('writes one private file per service', async () => {
    putDeployment(box)
    const { data } = await emitFile()
    expect(readdirSync(box.path('out')).sort()).toEqual(['wcn_db.env', 'wcn_node_n0.env', 'wcn_node_n1.env'])
    for (const name of readdirSync(box.path('out'))) expect(statSync(box.path(`out/${name}`)).mode & 0o777).toBe(0o600)
    expect(statSync(box.path('out')).mode & 0o777).toBe(0o700)
    expect(data.files).toMatchObject([
      {
        path: box.path('out/wcn_db.env'),
        target: 'database',
        name: null,
        peer_id: databaseKey.peerId,
        signing_key: false,
        status: 'written',
      },
      {
        path: box.path('out/wcn_node_n0.env'),
        target: 'node',
        name: 'n0',
        peer_id: nodeKeys[0].peerId,
        signing_key: true,
        status: 'written',
      },
      {
        path: box.path('out/wcn_node_n1.env'),
        target: 'node',
        name: 'n1',
        peer_id: nodeKeys[1].peerId,
        signing_key: false,
        status: 'written',
      },
    ])
    expect(data.files[0]?.variables).toEqual([
      'SECRET_KEY',
      'PRIMARY_RPC_SERVER_PORT',
      'SECONDARY_RPC_SERVER_PORT',
      'METRICS_SERVER_PORT',
      'ROCKSDB_DIR',
    ])
  })

  it('puts every secret where it belongs and nowhere else', async () => {
    putDeployment(box)
    const { data } = await emitFile({ format: 'shell' })
    expect(variables('wcn_db.env')).toMatchObject({ SECRET_KEY: secretOf(databaseKey), ROCKSDB_DIR: '/wcn/rocksdb' })
    const n1 = variables('wcn_node_n1.env')
    expect(n1).toMatchObject({
      SECRET_KEY: secretOf(nodeKeys[1]),
      DATABASE_PEER_ID: databaseKey.peerId,
      RPC_PROVIDER_URL: RPC_URL,
      SMART_CONTRACT_ENCRYPTION_KEY: ENCRYPTION_KEY,
    })
    expect(n1.SMART_CONTRACT_SIGNER_PRIVATE_KEY).toBeUndefined()
    expect(variables('wcn_node_n0.env').SMART_CONTRACT_SIGNER_PRIVATE_KEY).toBe(OPERATOR_KEY)
    const holders = (secret: string) => readdirSync(box.path('out')).filter((name) => written(name).includes(secret))
    expect(holders(OPERATOR_KEY.slice(2))).toEqual(['wcn_node_n0.env'])
    expect(holders(secretOf(databaseKey))).toEqual(['wcn_db.env'])
    expect(holders(secretOf(nodeKeys[0]))).toEqual(['wcn_node_n0.env'])
    expect(holders(RPC_URL)).toEqual(['wcn_node_n0.env', 'wcn_node_n1.env'])
    for (const secret of SECRETS) expect(JSON.stringify(data)).not.toContain(secret)
  })

  it('writes the same values in both formats, and nothing but comments around them', async () => {
    putDeployment(box)
    await emitFile({ format: 'shell' })
    const shell = variables('wcn_node_n0.env')
    await emitFile({ format: 'env', force: true })
    const literal = written('wcn_node_n0.env')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(
      Object.fromEntries(literal.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
    ).toEqual(shell)
    expect(literal).toContain('PRIMARY_RPC_SERVER_PORT=3010')
  })

  it('gives the same answer to JSON and to flags', async () => {
    putDeployment(box)
    await emitFile()
    // Comments say which file it was.
    const fromFile = readdirSync(box.path('out')).map(variables)
    writeFileSync(box.path('deployment.json'), JSON.stringify(DESCRIPTION, null, 2))
    const fromJson = await emitFile({ file: box.path('deployment.json') })
    expect(fromJson.data.files.map(({ status }) => status)).toEqual(['updated', 'updated', 'updated'])
    expect(readdirSync(box.path('out')).map(variables)).toEqual(fromFile)
    rmSync(box.path('out'), { recursive: true })
    const key = (name: string) => `secret_key_file=${box.path(`keys/${name}.key`)}`
    const input = {
      out: box.path('out'),
      databaseSpec: `address=10.0.10.5,${key('wcn_db')}`,
      nodeSpec: [`name=n0,primary,ipv4_addr=52.1.2.3,${key('n0')}`, `name=n1,ipv4_addr=52.1.2.4,${key('n1')}`],
      rpcUrl: [RPC_URL],
      privateKeyFile: box.path('keys/operator.key'),
    }
    const { parseEncryptionKey } = await import('../../src/base/keys/encryption-key.js')
    const settings = {
      contractAddress: () => parseAddress(CONTRACT, 'test'),
      rpcUrl: () => RPC_URL,
      requireEncryptionKey: async () => parseEncryptionKey(ENCRYPTION_KEY, 'test'),
      privateKey: async () => parseOperatorPrivateKey(OPERATOR_KEY, 'test'),
    }
    await emit(input, { settings })
    expect(readdirSync(box.path('out')).map(variables)).toEqual(fromFile)
  })

  it('reads the description from standard input', async () => {
    putDeployment(box)
    const absolute = JSON.stringify(DESCRIPTION).replaceAll('keys/', `${box.path('keys')}/`)
    expect((await emitFile({ file: '-' }, { stdin: absolute })).data.files).toHaveLength(3)
  })

  it('reminds of the firewall', async () => {
    putDeployment(box)
    const { data } = await emitFile()
    const text = configEmitText(data, plainPaint)
    expect(text).toMatch(/open to the internet\s+UDP 3010, 3011\s+node n0 at 52\.1\.2\.3/)
    expect(text).toMatch(/closed to the internet\s+UDP 3000, 3001, TCP 3002\s+database/)
    expect(text.trimEnd()).toMatch(/must never be reachable from the internet\.\n\nnext: check them/)
    for (const secret of SECRETS) expect(text).not.toContain(secret)
  })

  it('warns of a PUBLIC_ADDRESS that another machine shares', async () => {
    putDeployment(box, {
      ...DESCRIPTION,
      nodes: [
        { ...N0, host: 'a', env: { PUBLIC_ADDRESS: '52.1.2.3' } },
        { ...N1, host: 'b', ipv4_addr: '52.1.2.3', primary_port: 3020, secondary_port: 3021 },
      ],
    })
    const services = testServices()
    await run(services, { file: box.path('deployment.yaml'), out: box.path('out') })
    expect(services.said.join()).toContain('looks for node n1')
  })
})

describe("one host's share", () => {
  const description = {
    ...DESCRIPTION,
    operator_key_file: undefined,
    database: { address: '10.0.10.5', peer_id: databaseKey.peerId },
    nodes: [{ name: 'n0', primary: true, ipv4_addr: '52.1.2.3', peer_id: nodeKeys[0].peerId }, N1],
  }

  it("needs that host's keys only", async () => {
    putDeployment(box, JSON.parse(JSON.stringify(description)))
    for (const name of ['operator', 'wcn_db', 'n0']) rmSync(box.path(`keys/${name}.key`))
    const { data } = await emitFile({ node: ['n1'] })
    expect(data.files.map(({ name }) => name)).toEqual(['n1'])
    expect(variables('wcn_node_n1.env').DATABASE_PEER_ID).toBe(databaseKey.peerId)
    expect(readdirSync(box.path('out'))).toEqual(['wcn_node_n1.env'])
  })

  it('of the database needs nothing of the nodes', async () => {
    putDeployment(box)
    for (const name of ['operator', 'encryption', 'n0', 'n1']) rmSync(box.path(`keys/${name}.key`))
    expect((await emitFile({ database: true })).data.files.map(({ target }) => target)).toEqual(['database'])
  })

  it('may be several services', async () => {
    putDeployment(box)
    expect((await emitFile({ database: true, node: ['n1'] })).data.files.map(({ name }) => name)).toEqual([null, 'n1'])
  })

  it('of everything is refused where a key is elsewhere', async () => {
    putDeployment(box, JSON.parse(JSON.stringify(description)))
    const error = await rejectionOf(emitFile())
    expect(error.code).toBe('SETTING_MISSING')
    nothingWritten()
  })

  it('still needs to know who the database is', async () => {
    putDeployment(box, { ...DESCRIPTION, database: { address: '10.0.10.5' } })
    expect((await rejectionOf(emitFile({ node: ['n1'] }))).message).toContain('neither peer_id nor secret_key_file')
  })

  it('names nodes that are there', async () => {
    putDeployment(box)
    const error = await rejectionOf(emitFile({ node: ['n7'] }))
    expect(error.code).toBe('SELECTOR_NO_MATCH')
    expect(error.hint).toContain('n0, n1')
  })
})

describe('--stdout', () => {
  it('prints the file as it would be written', async () => {
    putDeployment(box)
    await emitFile({ format: 'shell' })
    const { data } = await emitFile({ stdout: true, node: ['n1'], format: 'shell' })
    expect(data.files).toMatchObject([{ path: null, status: 'printed', content: written('wcn_node_n1.env') }])
    expect(configEmitText(data, await createPaint(true))).toBe(written('wcn_node_n1.env'))
  })

  it('prints one file only', async () => {
    putDeployment(box)
    expect((await rejectionOf(emitFile({ stdout: true }))).code).toBe('USAGE')
  })

  it('excludes --out, and one of them is needed', async () => {
    putDeployment(box)
    expect((await rejectionOf(emitFile({ stdout: true, out: box.path('out') }))).code).toBe('USAGE')
    expect((await rejectionOf(emit({ file: box.path('deployment.yaml') }))).code).toBe('USAGE')
    expect((await rejectionOf(emitFile({ out: '' }))).code).toBe('USAGE')
  })
})

describe('existing files', () => {
  it('with the same content are left alone', async () => {
    putDeployment(box)
    await emitFile()
    const before = statSync(box.path('out/wcn_db.env'))
    const { data } = await emitFile()
    expect(data.files.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'unchanged'])
    expect(statSync(box.path('out/wcn_db.env')).ino).toBe(before.ino)
  })

  it('with other content stop everything, unless forced', async () => {
    putDeployment(box)
    mkdirSync(box.path('out'))
    writeFileSync(box.path('out/wcn_node_n1.env'), 'precious\n', { mode: 0o600 })
    const error = await rejectionOf(emitFile())
    expect(error.code).toBe('FILE_EXISTS')
    expect(error.hint).toContain('--force')
    expect(readdirSync(box.path('out'))).toEqual(['wcn_node_n1.env'])
    expect(written('wcn_node_n1.env')).toBe('precious\n')
    expect((await emitFile({ force: true })).data.files.map(({ status }) => status)).toEqual([
      'written',
      'written',
      'updated',
    ])
    expect(written('wcn_node_n1.env')).toContain('SECRET_KEY=')
  })

  it('of an earlier run follow the description; those edited since are kept, unless forced', async () => {
    const described = (logLevel: string) => ({
      ...DESCRIPTION,
      nodes: DESCRIPTION.nodes.map((node) => ({ ...node, env: { LOG_LEVEL: logLevel } })),
    })
    putDeployment(box, described('info'))
    await emitFile()
    const edited = `${written('wcn_node_n1.env')}\n# my own\n`
    writeFileSync(box.path('out/wcn_node_n1.env'), edited)
    putDeployment(box, described('debug'))
    const services = testServices()
    const again = await run(services, { file: box.path('deployment.yaml'), out: box.path('out') })
    expect(again.data.files.map(({ status }) => status)).toEqual(['unchanged', 'updated', 'kept'])
    expect(again.data.files[1]?.diff).toMatch(/^-LOG_LEVEL=…$\n^\+LOG_LEVEL=…$/m)
    expect(services.said).toEqual([
      expect.stringMatching(/^warning: .*wcn_node_n1\.env was edited by hand and is kept/),
    ])
    expect(variables('wcn_node_n0.env').LOG_LEVEL).toBe('debug')
    expect(written('wcn_node_n1.env')).toBe(edited)
    expect((await emitFile({ force: true })).data.files.map(({ status }) => status)).toEqual([
      'unchanged',
      'unchanged',
      'updated',
    ])
    expect(variables('wcn_node_n1.env').LOG_LEVEL).toBe('debug')
  })

  it('stay as they are with --dry-run, which shows what would change', async () => {
    putDeployment(box)
    const first = await emitFile({ dryRun: true })
    expect(first.data).toMatchObject({ dry_run: true, files: [{ status: 'written' }, {}, {}] })
    nothingWritten()
    expect(configEmitText(first.data, plainPaint)).toContain('to be written')
  })

  it('that belong to nothing any more are named, and so is a signing key that moves', async () => {
    putDeployment(box)
    await emitFile()
    const moved = [
      { ...N1, primary: true },
      { name: 'n2', ipv4_addr: '52.1.2.5', secret_key_file: 'keys/n0.key' },
    ]
    putDeployment(box, { ...DESCRIPTION, nodes: moved })
    const services = testServices()
    const { data } = await run(services, { file: box.path('deployment.yaml'), out: box.path('out') })
    expect(data.stale).toEqual([box.path('out/wcn_node_n0.env')])
    expect(data.primary_moved).toEqual({ from: 'n0', to: 'n1' })
    expect(services.said).toEqual([
      expect.stringMatching(/wcn_node_n0\.env was made by an earlier run/),
      expect.stringMatching(/THE PRIMARY MOVES from node n0 to node n1\. First stop n0, which is not described/),
    ])
  })

  it('that others can read are refused, or made private with force', async () => {
    putDeployment(box)
    await emitFile()
    chmodSync(box.path('out/wcn_db.env'), 0o644)
    expect((await rejectionOf(emitFile())).code).toBe('FILE_PERMISSIONS')
    expect((await emitFile({ force: true })).data.files.map(({ status }) => status)).toEqual([
      'updated',
      'unchanged',
      'unchanged',
    ])
    expect(statSync(box.path('out/wcn_db.env')).mode & 0o777).toBe(0o600)
  })

  it.each([false, true])(
    'that are links are never written through (force: %s), and nothing else is written',
    async (force) => {
      putDeployment(box)
      mkdirSync(box.path('out'))
      writeFileSync(box.path('target'), 'precious')
      symlinkSync(box.path('target'), box.path('out/wcn_node_n1.env'))
      expect((await rejectionOf(emitFile({ force }))).code).toBe('OUTPUT_UNSAFE')
      expect(readFileSync(box.path('target'), 'utf8')).toBe('precious')
      expect(readdirSync(box.path('out'))).toEqual(['wcn_node_n1.env'])
    },
  )

  it('in a directory that is a link are not written', async () => {
    putDeployment(box)
    mkdirSync(box.path('real'))
    symlinkSync(box.path('real'), box.path('out'))
    const error = await rejectionOf(emitFile())
    expect(error.code).toBe('OUTPUT_UNSAFE')
    expect(readdirSync(box.path('real'))).toEqual([])
  })

  it('in the place of the directory get a sentence', async () => {
    putDeployment(box)
    writeFileSync(box.path('out'), '')
    expect((await rejectionOf(emitFile({ force: true }))).code).toBe('FILE_UNWRITABLE')
  })
})

describe('a git work tree', () => {
  beforeEach(() => {
    putDeployment(box)
    execFileSync('git', ['init', '--quiet'], { cwd: box.path('.') })
  })

  it('gets no secrets that it would take up', async () => {
    const error = await rejectionOf(emitFile())
    expect(error.code).toBe('OUTPUT_UNSAFE')
    expect(error.hint).toMatch(/\.gitignore: \/out\/$/)
    nothingWritten()
    expect((await rejectionOf(emitFile({ force: true }))).code).toBe('OUTPUT_UNSAFE')
  })

  it('may hold what it ignores', async () => {
    writeFileSync(box.path('.gitignore'), '/out/\n')
    expect((await emitFile()).data.files).toHaveLength(3)
  })

  it('with one file that is not ignored gets none', async () => {
    writeFileSync(box.path('.gitignore'), '/out/*\n!/out/wcn_node_n1.env\n')
    expect((await rejectionOf(emitFile())).code).toBe('OUTPUT_UNSAFE')
    nothingWritten()
  })
})

describe('what is refused before anything is written', () => {
  const changed = (changes: object) => JSON.parse(JSON.stringify({ ...DESCRIPTION, ...changes }))

  it.each([
    ['two primaries', { nodes: [N0, { ...N1, primary: true }] }, 'PRIMARY_RULE'],
    ['no primary', { nodes: [{ ...N0, primary: false }, N1] }, 'PRIMARY_RULE'],
    ['one node', { nodes: [N0] }, 'TOO_FEW_NODES'],
    ['an https URL', { rpc_url: 'https://rpc.example.com/canary' }, 'SETTING_INVALID'],
    ['a URL and a URL file', { rpc_url_file: 'x' }, 'SETTINGS_CONFLICT'],
    ['no URL', { rpc_url: undefined }, 'SETTING_MISSING'],
    ['no contract', { contract_address: undefined }, 'SETTING_MISSING'],
    ['no encryption key', { encryption_key_file: undefined }, 'SETTING_MISSING'],
    ['no operator key', { operator_key_file: undefined }, 'SETTING_MISSING'],
    ['a key of another operator', { operator: CONTRACT }, 'WRONG_SIGNER'],
    ['a key of another node', { nodes: [{ ...N0, peer_id: nodeKeys[1].peerId }, N1] }, 'KEY_INVALID'],
    ['a key file that is not there', { nodes: [{ ...N0, secret_key_file: 'keys/none.key' }, N1] }, 'FILE_UNREADABLE'],
    ['a key file that is a directory', { nodes: [{ ...N0, secret_key_file: 'keys' }, N1] }, 'FILE_UNREADABLE'],
    ['a key file of another kind', { nodes: [{ ...N0, secret_key_file: 'keys/operator.key' }, N1] }, 'KEY_INVALID'],
    ['a node key as encryption key', { encryption_key_file: 'keys/n0.key' }, 'KEY_INVALID'],
    ['a URL no dialect carries', { rpc_url: 'wss://rpc.example.com/a\nb' }, 'VALUE_NOT_ENCODABLE'],
    ['an unknown key', { colour: 'red' }, 'DOCUMENT_INVALID'],
    ['a secret inline', { nodes: [{ ...N0, secret_key: secretOf(nodeKeys[0]) }, N1] }, 'DOCUMENT_INVALID'],
    [
      'a secret in place of a path',
      { nodes: [{ ...N0, secret_key_file: secretOf(nodeKeys[0]) }, N1] },
      'DOCUMENT_INVALID',
    ],
    ["the operator's key in place of a path", { operator_key_file: OPERATOR_KEY }, 'DOCUMENT_INVALID'],
    ['a public database', { database: { ...DESCRIPTION.database, address: '52.1.2.3' } }, 'OUTPUT_UNSAFE'],
    ['a private node', { nodes: [{ ...N0, ipv4_addr: '10.1.1.1' }, N1] }, 'ADDRESS_NOT_ROUTABLE'],
  ])('%s', async (_, changes, code) => {
    putDeployment(box, changed(changes))
    const error = await rejectionOf(emitFile())
    expect(error.code).toBe(code)
    nothingWritten()
    const said = JSON.stringify([error.message, error.hint, error.details])
    for (const secret of [...SECRETS, 'canary']) expect(said).not.toContain(secret)
  })

  it('a key file that others can read', async () => {
    putDeployment(box)
    chmodSync(box.path('keys/n1.key'), 0o640)
    const error = await rejectionOf(emitFile())
    expect(error.code).toBe('FILE_PERMISSIONS')
    expect(error.hint).toBe(`chmod 600 ${box.path('keys/n1.key')}`)
    nothingWritten()
  })

  it('the example key of the onboarding document', async () => {
    putDeployment(box)
    putSecret(box, 'keys/n1.key', '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA=')
    expect((await rejectionOf(emitFile())).message).toContain('example key')
    nothingWritten()
  })

  it('a value that the shell format cannot carry, but the other can', async () => {
    putDeployment(box, changed({ rpc_url: "wss://rpc.example.com/it's" }))
    const error = await rejectionOf(emitFile({ format: 'shell' }))
    expect(error.code).toBe('VALUE_NOT_ENCODABLE')
    expect(error.message).toContain('RPC_PROVIDER_URL')
    nothingWritten()
    expect((await emitFile({ format: 'env' })).data.files).toHaveLength(3)
  })

  it('an unknown format', async () => {
    putDeployment(box)
    expect((await rejectionOf(emitFile({ format: 'toml' }))).code).toBe('USAGE')
  })

  it('a description for another cluster than the one that is set', async () => {
    putDeployment(box)
    const settings = { contractAddress: () => parseAddress('0x00000000000000000000000000000000000c1052', 'test') }
    expect((await rejectionOf(emitFile({}, { settings }))).code).toBe('SETTINGS_CONFLICT')
    nothingWritten()
  })

  it('no description, or two', async () => {
    expect((await rejectionOf(emit({ out: box.path('out') }))).code).toBe('USAGE')
    putDeployment(box)
    expect((await rejectionOf(emitFile({ nodeSpec: ['name=n0'] }))).code).toBe('USAGE')
  })

  it.each([
    [['name=n0,primary,colour=red', 'name=n1'], 'address=10.0.0.1', '--node-spec 1: colour'],
    [['name=n0,primary', 'primary_port=1'], 'address=10.0.0.1', '--node-spec 2: name'],
    [['name=n0,primary', 'name=n1,primary_port=1e3'], 'address=10.0.0.1', '--node-spec 2: primary_port'],
    [['name=n0,primary', 'name=n1'], 'address', '--database-spec: address'],
    [['name=n0,primary', 'name=n1'], undefined, '--database-spec: is missing'],
    [['name=n0,primary', 'name=n1,env.LOG_LEVEL='], 'address=10.0.0.1', '--node-spec 2: env: LOG_LEVEL'],
  ])('flags %j %j: names the flag', async (nodeSpec, databaseSpec, where) => {
    const error = await rejectionOf(
      emit({ out: box.path('out'), nodeSpec, ...(databaseSpec === undefined ? {} : { databaseSpec }) }),
    )
    expect(error.message).toContain(where)
  })

  it('names the line', async () => {
    putDeployment(box, { ...DESCRIPTION, database: { ...DESCRIPTION.database, primary_port: '1e3' } })
    expect((await rejectionOf(emitFile())).message).toMatch(/deployment\.yaml:\d+: database\.primary_port is "1e3"/)
  })
})

it('takes a URL from a file, and keys that are shared', async () => {
  putDeployment(box, {
    ...JSON.parse(JSON.stringify({ ...DESCRIPTION, rpc_url: undefined })),
    rpc_url_file: 'keys/rpc-url',
    nodes: [N0, { ...N1, secret_key_file: 'keys/n0.key' }],
  })
  putSecret(box, 'keys/rpc-url', RPC_URL)
  const { data } = await emitFile({ format: 'shell' })
  expect(variables('wcn_node_n1.env').RPC_PROVIDER_URL).toBe(RPC_URL)
  expect(data.files[1]?.peer_id).toBe(data.files[2]?.peer_id)
})

it('knows a private key of another pair by its peer ID', async () => {
  putDeployment(box, { ...DESCRIPTION, database: { ...DESCRIPTION.database, peer_id: (await keypairOf(9)).peerId } })
  const error = await rejectionOf(emitFile({ database: true }))
  expect(error.message).toContain(databaseKey.peerId)
})

it("takes the operator's key from the settings where the description names no file", async () => {
  putDeployment(box, JSON.parse(JSON.stringify({ ...DESCRIPTION, operator_key_file: undefined })))
  const settings = { chainId: () => 10, privateKey: async () => parseOperatorPrivateKey(OPERATOR_KEY, 'test') }
  await emitFile({ format: 'shell' }, { settings })
  expect(variables('wcn_node_n0.env').SMART_CONTRACT_SIGNER_PRIVATE_KEY).toBe(OPERATOR_KEY)
})
