/** `config emit` with real files: what the services' readers make of them, and where they are never put. */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { parseEnv } from 'node:util'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { cleanEnvironment, type Sandbox, sandbox } from '../support/cli.js'
import {
  CONTRACT,
  DESCRIPTION,
  databaseKey,
  ENCRYPTION_KEY,
  nodeKeys,
  OPERATOR_KEY,
  putDeployment,
  RPC_URL,
  SECRETS,
  secretOf,
} from '../support/deployment.js'
import { wcnInProcess as wcn } from '../support/in-process.js'
import { SAMPLE_PEER_ID } from '../support/onboarding.js'

const SIGNING_KEY = 'SMART_CONTRACT_SIGNER_PRIVATE_KEY'
const FILES = ['wcn_db.env', 'wcn_node_n0.env', 'wcn_node_n1.env']
const [N0, N1] = DESCRIPTION.nodes

const boxes: Sandbox[] = []
let box: Sandbox
beforeEach(() => {
  box = sandbox()
  boxes.push(box)
})
afterAll(() => boxes.forEach((one) => void one.remove()))

/** Whatever happens, no secret is shown; only `--stdout` exists to print them. */
async function emit(...more: readonly string[]) {
  const target = more.includes('--stdout') || more.includes('--out') ? [] : ['--out', 'out']
  const result = await wcn(['config', 'emit', '-f', 'deployment.yaml', ...target, ...more], { cwd: box.path('.') })
  for (const secret of SECRETS) {
    expect(result.stderr).not.toContain(secret)
    if (!more.includes('--stdout')) expect(result.stdout).not.toContain(secret)
  }
  return result
}

/** Refused with this code and sentence, as text and as JSON, and nothing is there afterwards that was not before. */
async function refuses(code: string, exit: number, sentence: string | RegExp, ...more: readonly string[]) {
  const before = treeOf(box.path('.'))
  const [human, json] = await Promise.all([emit(...more), emit(...more, '--json')])
  expect(human, human.stderr).toMatchObject({ code: exit, stdout: '' })
  expect(human.stderr).toMatch(/^error: /)
  expect(human.stderr).toMatch(sentence)
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code } })
  expect(json.code).toBe(exit)
  expect(treeOf(box.path('.'))).toEqual(before)
}

function treeOf(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((path) => !path.startsWith('.git/')).sort()
}

const modeOf = (path: string) => statSync(box.path(path)).mode & 0o777
const file = (name: string) => readFileSync(box.path(`out/${name}`), 'utf8')

/** `docker run --env-file` and kubectl: everything after the first `=`, quotes included. */
function literally(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

function bySh(path: string): Record<string, string> {
  const script = 'set -eu; before=$(env | cut -d= -f1); set -a; . "$1"; set +a; env -0'
  const printed = execFileSync('sh', ['-c', script, 'sh', path], { env: cleanEnvironment(), encoding: 'utf8' })
  const known = new Set(Object.keys(cleanEnvironment()).concat('PWD', 'OLDPWD', '_', 'SHLVL'))
  const pairs = printed.split('\0').filter(Boolean)
  return Object.fromEntries(
    pairs
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
      .filter(([name]) => !known.has(name) && name !== 'before'),
  )
}

/** All variables of the onboarding document, with the values that were described. */
function expected(): Readonly<Record<string, Record<string, string>>> {
  const ports = (first: number) => ({
    PRIMARY_RPC_SERVER_PORT: String(first),
    SECONDARY_RPC_SERVER_PORT: String(first + 1),
    METRICS_SERVER_PORT: String(first + 2),
  })
  const node = (index: 0 | 1) => ({
    SECRET_KEY: secretOf(nodeKeys[index]),
    ...ports(3010),
    DATABASE_RPC_SERVER_ADDRESS: '10.0.10.5',
    DATABASE_PEER_ID: databaseKey.peerId,
    DATABASE_PRIMARY_RPC_SERVER_PORT: '3000',
    DATABASE_SECONDARY_RPC_SERVER_PORT: '3001',
    SMART_CONTRACT_ADDRESS: CONTRACT,
    SMART_CONTRACT_ENCRYPTION_KEY: ENCRYPTION_KEY,
    RPC_PROVIDER_URL: RPC_URL,
  })
  return {
    'wcn_db.env': { SECRET_KEY: secretOf(databaseKey), ...ports(3000), ROCKSDB_DIR: '/wcn/rocksdb' },
    'wcn_node_n0.env': { ...node(0), [SIGNING_KEY]: OPERATOR_KEY },
    'wcn_node_n1.env': node(1),
  }
}

describe('the files', () => {
  it('say the same to every reader, in both formats', async () => {
    putDeployment(box)
    const [env, shell] = await Promise.all([emit(), emit('--format', 'shell', '--out', 'sh')])
    for (const { code, stdout, stderr } of [env, shell]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const name of FILES) expect(stdout).toContain(name)
      expect(stdout).toContain('The database has no access control')
    }
    for (const [name, variables] of Object.entries(expected())) {
      expect(literally(file(name))).toEqual(variables)
      const text = readFileSync(box.path(`sh/${name}`), 'utf8')
      expect(bySh(box.path(`sh/${name}`))).toEqual(variables)
      expect(parseEnv(text)).toEqual(variables)
      const byNode = execFileSync(
        process.execPath,
        [`--env-file=${box.path(`sh/${name}`)}`, '-p', 'JSON.stringify(process.env)'],
        { env: {}, encoding: 'utf8' },
      )
      expect(JSON.parse(byNode)).toMatchObject(variables)
    }
  })

  it('are for the owner only, and the signing key is in one of them', async () => {
    putDeployment(box)
    const { stdout } = await emit('--json')
    expect(readdirSync(box.path('out')).sort()).toEqual(FILES)
    expect(modeOf('out')).toBe(0o700)
    for (const name of FILES) expect(modeOf(`out/${name}`)).toBe(0o600)
    expect(FILES.filter((name) => file(name).includes(OPERATOR_KEY.slice(2)))).toEqual(['wcn_node_n0.env'])
    const { data } = JSON.parse(stdout)
    expect(data.format).toBe('env')
    expect(data.files).toEqual(
      FILES.map((name, index) => ({
        path: `out/${name}`,
        target: index === 0 ? 'database' : 'node',
        name: [null, 'n0', 'n1'][index],
        peer_id: [databaseKey, ...nodeKeys][index]?.peerId,
        variables: Object.keys(expected()[name] ?? {}),
        secret: true,
        signing_key: index === 1,
        status: 'written',
        diff: null,
      })),
    )
    expect(data.firewall).toEqual({ open: expect.any(Array), closed: expect.any(Array) })
  })

  it("hold one host's share where only that host's keys are", async () => {
    putDeployment(box, {
      ...DESCRIPTION,
      database: { address: '10.0.10.5', peer_id: databaseKey.peerId },
      nodes: [{ ...N0, secret_key_file: undefined, peer_id: nodeKeys[0].peerId }, N1],
    })
    for (const name of ['wcn_db', 'n0', 'operator']) rmSync(box.path(`keys/${name}.key`))
    expect(await emit('--node', 'n1')).toMatchObject({ code: 0 })
    expect(readdirSync(box.path('out'))).toEqual(['wcn_node_n1.env'])
    expect(literally(file('wcn_node_n1.env'))).toEqual(expected()['wcn_node_n1.env'])
    rmSync(box.path('out'), { recursive: true })
    await refuses('SELECTOR_NO_MATCH', 4, /no node is called "n7"/, '--node', 'n7')
    await refuses('SETTING_MISSING', 2, /the database has no secret_key_file/, '--database')
  })

  it('are printed by --stdout exactly as they would be written, one at a time', async () => {
    putDeployment(box)
    await emit()
    const printed = await emit('--stdout', '--node', 'n0')
    expect(printed).toMatchObject({ code: 0, stderr: '', stdout: file('wcn_node_n0.env') })
    rmSync(box.path('out'), { recursive: true })
    await refuses('USAGE', 2, /prints one env file, and 3 are meant/, '--stdout')
  })

  it('carry no value that a format would change', async () => {
    putDeployment(box, { ...DESCRIPTION, rpc_url: "wss://rpc.example.com/it's" })
    await refuses('VALUE_NOT_ENCODABLE', 2, /RPC_PROVIDER_URL contains a single quote/, '--format', 'shell')
    expect(await emit()).toMatchObject({ code: 0 })
    expect(literally(file('wcn_node_n0.env')).RPC_PROVIDER_URL).toBe("wss://rpc.example.com/it's")
  })
})

describe('a deployment that could not work is refused', () => {
  it.each([
    ['without a primary', { nodes: [{ ...N0, primary: false }, N1] }, 'PRIMARY_RULE', 4, /no node is primary/],
    ['with two', { nodes: [N0, { ...N1, primary: true }] }, 'PRIMARY_RULE', 4, /2 nodes are primary \(n0, n1\)/],
    ['with one node', { nodes: [N0] }, 'TOO_FEW_NODES', 4, /at least 2/],
    [
      'with the sample peer ID',
      { nodes: [N0, { ...N1, peer_id: SAMPLE_PEER_ID }] },
      'PEER_ID_NOT_A_KEY',
      4,
      /no node can ever authenticate: the 36 bytes inside/,
    ],
    ['with an http RPC', { rpc_url: 'http://rpc.example.com/x' }, 'SETTING_INVALID', 2, /is an http:\/\/ URL/],
    ['with an https RPC', { rpc_url: 'https://rpc.example.com/x' }, 'SETTING_INVALID', 2, /is an https:\/\/ URL/],
    [
      "with another node's key",
      { nodes: [N0, { ...N1, peer_id: nodeKeys[0].peerId }] },
      'KEY_INVALID',
      2,
      /n1\.key holds the key of/,
    ],
    [
      'with a public database',
      { database: { ...DESCRIPTION.database, address: '52.1.2.9' } },
      'OUTPUT_UNSAFE',
      4,
      /a public address/,
    ],
    [
      'with two nodes at one endpoint',
      { nodes: [N0, { ...N1, ipv4_addr: N0.ipv4_addr }] },
      'PORTS_COLLIDE',
      4,
      /are both UDP 3010/,
    ],
    [
      'with an unknown field',
      { secret_key: 'x' },
      'DOCUMENT_INVALID',
      2,
      /deployment\.yaml:\d+: .*unknown key "secret_key"/,
    ],
    ['for another account', { operator: `0x${'33'.repeat(20)}` }, 'WRONG_SIGNER', 4, /belongs to 0x/],
  ])('%s', async (_, changes, code, exit, sentence) => {
    putDeployment(box, { ...DESCRIPTION, ...changes })
    await refuses(code, exit, sentence)
  })

  it('with the published sample key', async () => {
    putDeployment(box)
    writeFileSync(box.path('keys/n1.key'), '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA=\n', { mode: 0o600 })
    await refuses('PEER_ID_NOT_A_KEY', 4, /example key in the onboarding document/)
  })

  it('with a key in the place of its path', async () => {
    putDeployment(box, stringify({ ...DESCRIPTION, operator_key_file: OPERATOR_KEY }))
    await refuses(
      'DOCUMENT_INVALID',
      2,
      /deployment\.yaml:\d+: operator_key_file: holds something that looks like a key/,
    )
  })
})

describe('nothing is put', () => {
  it('over an existing file without --force', async () => {
    putDeployment(box)
    await emit()
    expect(await emit()).toMatchObject({ code: 0, stdout: expect.stringContaining('unchanged') })
    writeFileSync(box.path('out/wcn_node_n1.env'), 'MINE=1\n', { mode: 0o600 })
    await refuses('FILE_EXISTS', 2, /wcn_node_n1\.env exists already/)
    expect(file('wcn_node_n1.env')).toBe('MINE=1\n')
    expect(await emit('--force')).toMatchObject({ code: 0 })
    expect(literally(file('wcn_node_n1.env'))).toEqual(expected()['wcn_node_n1.env'])
    expect(modeOf('out/wcn_node_n1.env')).toBe(0o600)
  })

  it('through a symbolic link, not even with --force', async () => {
    putDeployment(box)
    mkdirSync(box.path('out'))
    writeFileSync(box.path('elsewhere'), 'untouched\n')
    symlinkSync(box.path('elsewhere'), box.path('out/wcn_db.env'))
    await refuses('OUTPUT_UNSAFE', 4, /wcn_db\.env.* is a symbolic link/)
    await refuses('OUTPUT_UNSAFE', 4, /wcn_db\.env.* is a symbolic link/, '--force')
    expect(readFileSync(box.path('elsewhere'), 'utf8')).toBe('untouched\n')
    expect(lstatSync(box.path('out/wcn_db.env')).isSymbolicLink()).toBe(true)
  })

  it('into a git work tree, unless it is ignored there', async () => {
    putDeployment(box)
    execFileSync('git', ['init', '--quiet', box.path('.')], { env: cleanEnvironment() })
    await refuses('OUTPUT_UNSAFE', 4, /the git work tree .* would take it up/)
    expect(existsSync(box.path('out'))).toBe(false)
    writeFileSync(box.path('.gitignore'), '/out/\n')
    expect(await emit()).toMatchObject({ code: 0 })
    await refuses('OUTPUT_UNSAFE', 4, /would take it up/, '--out', 'other')
  })
})
