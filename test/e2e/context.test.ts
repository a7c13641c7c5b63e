/** A session with two clusters: contexts are added, switched, contradicted and removed by the built tool. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, type Devnet, useDevnet, type Variables } from '../support/devnet.js'

const eu = useDevnet()
const na = useDevnet()
const box = sandbox()
afterAll(box.remove)

const TOKEN = 'canary-token-of-a-provider'
const directory = box.path('config')
const file = join(directory, 'contexts.json')
/** No cluster is in it. */
const environment = (more: Variables = {}) => ({ env: { WCN_CONFIG_DIR: directory, ...more }, cwd: box.path('.') })
const run = (args: readonly string[], more?: Variables) => wcn(args, environment(more))
const json = (args: readonly string[], more?: Variables) => wcnJson(args, environment(more))
const operatorOf = ({ operators }: Devnet, slot: number) => operators[slot] as Account
const contractSeen = async (args: readonly string[], more?: Variables) => {
  const result = await json(['operator', 'view', ...args], more)
  expect(result, JSON.stringify(result)).toMatchObject({ code: 0 })
  return { contract: result.data.contract, operator: result.data.operator.id, stderr: result.stderr }
}

beforeAll(() => {
  for (const [name, net, slot] of [
    ['eu', eu, 1],
    ['na', na, 2],
  ] as const) {
    writeFileSync(box.path(`${name}.key`), operatorOf(net, slot).privateKey, { mode: 0o600 })
    writeFileSync(box.path(`${name}.enc`), net.encryptionKey, { mode: 0o600 })
  }
})

const add = (name: string, { contract, rpcUrl }: Devnet, ...more: readonly string[]) =>
  run([
    ...['context', 'add', name, '--contract-address', contract, '--chain-id', '31337'],
    ...['--rpc-url', `${rpcUrl}/?k=${TOKEN}`, '--private-key-file', `${name}.key`],
    ...['--encryption-key-file', `${name}.enc`, ...more],
  ])

describe('a session', () => {
  it('adds two clusters, the first of which is the current one', async () => {
    expect(await run(['context', 'list'])).toMatchObject({ code: 0, stdout: expect.stringContaining('no contexts') })
    expect(await add('eu', eu)).toMatchObject({ code: 0, stderr: '' })
    expect(await add('na', na)).toMatchObject({ code: 0, stderr: '' })
    expect([statSync(directory).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600])
    const { data } = await json(['context', 'list'])
    expect(data.contexts).toMatchObject([
      { name: 'eu', current: true, rpc_hosts: [new URL(eu.rpcUrl).host], private_key_file: box.path('eu.key') },
      { name: 'na', current: false },
    ])
  })

  it('works with the current one, from any folder', async () => {
    const seen = { contract: eu.contract, operator: operatorOf(eu, 1).address, stderr: '' }
    expect(await contractSeen([])).toEqual(seen)
    const elsewhere = await wcnJson(['operator', 'view'], { ...environment(), cwd: '/' })
    expect(elsewhere.data.contract).toBe(eu.contract)
  })

  it('and with another, where one is asked for', async () => {
    const seen = { contract: na.contract, operator: operatorOf(na, 2).address, stderr: '' }
    expect(await contractSeen(['--context', 'na'])).toEqual(seen)
    expect(await contractSeen([], { WCN_CONTEXT: 'na' })).toEqual(seen)
    expect(await contractSeen(['--context', 'eu'], { WCN_CONTEXT: 'na' })).toMatchObject({ contract: eu.contract })
    writeFileSync(box.path('na.env'), 'WCN_CONTEXT=na\n')
    expect(await contractSeen(['--env-file', 'na.env'])).toEqual(seen)
  })

  it('switches', async () => {
    expect(await run(['context', 'use', 'na'])).toMatchObject({
      code: 0,
      stdout: 'na is the current one, no longer eu\n',
    })
    expect((await contractSeen([])).contract).toBe(na.contract)
  })

  it('writes to the cluster that is meant, with its key', async () => {
    const before = await eu.state()
    const written = await json(['operator', 'rename', 'north', '--yes'], { WCN_ALLOW_PRIVATE_ADDRESSES: '1' })
    expect(written, JSON.stringify(written)).toMatchObject({ code: 0, data: { changed: true } })
    expect(written.data.operator).toMatchObject({ id: operatorOf(na, 2).address, name: 'north' })
    expect(await eu.state()).toEqual(before)
  })

  it('shows what is in effect', async () => {
    const { code, data } = await json(['config', 'show', '--context', 'eu', '--timeout', '7'])
    expect(code).toBe(0)
    const shown = Object.fromEntries(
      data.settings.map(({ name, value, source }: Record<string, string>) => [name, [value, source]]),
    )
    expect(shown).toMatchObject({
      context: ['eu', '--context'],
      chain_id: ['31337', 'context eu'],
      rpc_urls: [new URL(eu.rpcUrl).host, 'context eu'],
      rpc_quorum: ['1', 'default'],
      private_key_file: [box.path('eu.key'), 'context eu'],
      timeout: ['7', '--timeout'],
    })
    expect(data).toMatchObject({ context: 'eu', files: { contexts: file, env_file: null } })
    const bad = await json(['config', 'show', '--timeout', 'soon'])
    expect(bad).toMatchObject({ code: 2, ok: false })
    expect(JSON.stringify(bad.data)).toContain('--timeout is \\"soon\\"')
  })
})

describe('the wrong cluster never wins in silence', () => {
  it.each<[string, readonly string[], Variables]>([
    ['an exported variable against --context', ['--context', 'eu'], { SMART_CONTRACT_ADDRESS: 'na' }],
    ['the same by its other name', ['--context', 'eu'], { WCN_CLUSTER_SMART_CONTRACT_ADDRESS: 'na' }],
    ['an exported variable against WCN_CONTEXT', [], { WCN_CONTEXT: 'eu', SMART_CONTRACT_ADDRESS: 'na' }],
    ['an exported provider', ['--context', 'eu'], { RPC_PROVIDER_URL: 'na' }],
    ['an env file against --context', ['--context', 'eu', '--env-file', 'cluster.env'], {}],
  ])('%s', async (_, args, variables) => {
    writeFileSync(box.path('cluster.env'), `SMART_CONTRACT_ADDRESS=${na.contract}\n`)
    const meant: Variables = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => {
        if (value !== 'na') return [name, value]
        return [name, name.includes('RPC') ? na.rpcUrl : na.contract]
      }),
    )
    const before = [await eu.state(), await na.state()]
    const refused = await json(['operator', 'rename', 'nobody', '--yes', ...args], meant)
    expect(refused).toMatchObject({ code: 2, error: { code: 'SETTINGS_CONFLICT' } })
    expect(refused.error.message).toContain('context eu')
    expect([await eu.state(), await na.state()]).toEqual(before)
  })

  it('a flag wins over both', async () => {
    const args = ['--context', 'eu', '--contract-address', eu.contract]
    expect((await contractSeen(args, { SMART_CONTRACT_ADDRESS: na.contract })).contract).toBe(eu.contract)
  })

  it('the current one stands back, and that is said, also with --quiet', async () => {
    for (const flags of [[], ['--quiet']]) {
      const seen = await contractSeen([...flags, '--operator', operatorOf(eu, 0).address], eu.cluster)
      expect(seen.contract).toBe(eu.contract)
      expect(seen.stderr).toBe(
        'SMART_CONTRACT_ADDRESS takes the place of contract_address of context na, which is the current one\n',
      )
    }
  })

  it('one that is not there is named with those that are', async () => {
    const refused = await json(['nodes', 'list'], { WCN_CONTEXT: 'ap' })
    expect(refused).toMatchObject({ code: 2, error: { code: 'SETTING_INVALID', hint: 'there are eu, na' } })
  })

  it('nor where the file can be read by others, or is damaged', async () => {
    const text = readFileSync(file, 'utf8')
    const other = box.path('other')
    const elsewhere = (more: Variables = {}) => json(['nodes', 'list'], { WCN_CONFIG_DIR: other, ...more })
    await run(['context', 'add', 'x', '--contract-address', eu.contract], { WCN_CONFIG_DIR: other })
    writeFileSync(join(other, 'contexts.json'), text.slice(0, 99))
    expect(await elsewhere()).toMatchObject({ code: 2, error: { code: 'DOCUMENT_INVALID' } })
    chmodSync(join(other, 'contexts.json'), 0o644)
    expect(await elsewhere()).toMatchObject({ code: 2, error: { code: 'FILE_PERMISSIONS' } })
  })
})

it('several at once lose nothing', async () => {
  const other = box.path('at-once')
  const names = Array.from({ length: 6 }, (_, i) => `c${i}`)
  const made = await Promise.all(
    names.map((name) => run(['context', 'add', name, '--contract-address', eu.contract], { WCN_CONFIG_DIR: other })),
  )
  expect(made.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, '']))
  const { data } = await json(['context', 'list'], { WCN_CONFIG_DIR: other })
  expect(data.contexts.map(({ name }: { name: string }) => name)).toEqual(names)
  expect(data.contexts.filter(({ current }: { current: boolean }) => current)).toHaveLength(1)
})

it('no key gets into the file, and neither key nor token out of it', async () => {
  const keys = [operatorOf(eu, 1), operatorOf(na, 2)].map(({ privateKey }) => privateKey)
  const secrets = [...keys, eu.encryptionKey, na.encryptionKey].map((secret) => secret.replace(/^0x/, ''))
  for (const [index, key] of keys.entries())
    for (const flag of ['--private-key-file', '--keystore', '--operator', '--private-key']) {
      const refused = await run(['context', 'add', `k${index}`, '--contract-address', eu.contract, flag, key])
      expect(refused.code).toBe(2)
      for (const secret of secrets) expect(refused.stdout + refused.stderr).not.toContain(secret)
    }
  const kept = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('\n')
  for (const secret of secrets) expect(kept).not.toContain(secret)
  const outputs = [
    ...[
      ['context', 'list'],
      ['config', 'show'],
    ].flatMap((words) => [words, [...words, '--json']]),
    ['config', 'show', '--context', 'eu', '--rpc-quorum', '5', '--debug'],
    ['operator', 'view', '--rpc-quorum', '5', '--debug'],
    ['context', 'add', 'eu', '--contract-address', eu.contract, '--rpc-url', `x://${TOKEN}`, '--debug'],
  ]
  for (const words of outputs) {
    const { stdout, stderr } = await run(words)
    for (const secret of [...secrets, TOKEN]) expect(stdout + stderr, words.join(' ')).not.toContain(secret)
  }
})

it('the end: what is removed is not used, and none is current', async () => {
  expect(await run(['context', 'remove', 'na'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('it was the current one'),
  })
  const missing = await json(['operator', 'view'])
  expect(missing).toMatchObject({ code: 2, error: { code: 'SETTING_MISSING' } })
  expect((await contractSeen(['--context', 'eu'])).contract).toBe(eu.contract)
})

describe('what is around it', () => {
  it('an exported WCN_CONTEXT is pointed out by whoever chooses another one', async () => {
    const { code, stderr } = await run(['context', 'list'], { WCN_CONTEXT: 'elsewhere' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('WCN_CONTEXT is "elsewhere"') })
  })

  it('a home directory that is empty or relative is none', async () => {
    for (const HOME of ['', 'home']) {
      const args = ['context', 'add', 'eu', '--contract-address', eu.contract]
      const { code, stderr } = await run(args, { HOME, WCN_CONFIG_DIR: '' })
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('no home directory') })
      expect(readdirSync(box.path('.'))).not.toContain('home')
    }
  })

  it.each([
    [['context', 'add'], 'see `wcn context add --help`'],
    [['context', 'use', 'a', 'b'], 'see `wcn context use --help`'],
    [['nodes', 'quite-another'], 'see `wcn nodes --help`'],
    [['quickly'], 'see `wcn --help`'],
  ])('a wrong command line %j names the help there is for it', async (args, hint) => {
    const { code, stderr } = await run(args)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(hint) })
  })
})
