/** `config show` over real settings: every source, what is wrong, and nothing that is secret. */
import { describe, expect, it } from 'vitest'
import { plainPaint } from '../../src/cli/paint.js'
import { run } from '../../src/context/config-show.js'
import { configShowText } from '../../src/context/view.js'
import { KMS_KEY_ID } from '../support/kms-stand-in.js'
import { memoryContexts } from '../support/memory-contexts.js'
import { testServices } from '../support/services.js'
import { type Given, resolve } from '../support/settings.js'

const ADDRESS = '0x5f304828A451158E44Dfd584fbDe3e6af592c2f5'
const KEY = 'c0ffee'.padEnd(64, '1')
const TOKEN = 'canarycanary'
const HOME = { HOME: '/h' }

async function show(given: Given, envFile?: string) {
  const { settings } = resolve({ ...given, env: { ...HOME, ...given.env } })
  const services = testServices({ settings, contexts: memoryContexts() })
  const { data, exitCode = 0 } = await run(services, envFile === undefined ? {} : { envFile })
  const of = (name: string) => data.settings.find((setting) => setting.name === name)
  return { data, exitCode, of, text: configShowText(data, plainPaint) }
}

it('shows every setting once, and defaults where nothing is set', async () => {
  const { data, exitCode, text } = await show({})
  expect(exitCode).toBe(0)
  const names = data.settings.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual([
    ...['context', 'contract_address', 'chain_id', 'rpc_urls', 'rpc_quorum', 'rpc_header_file', 'rpc_ca_file'],
    ...['encryption_key', 'encryption_key_file', 'operator', 'private_key', 'private_key_file', 'keystore'],
    ...['kms_key_id', 'keystore_password', 'password_file', 'node_key_file', 'finality', 'max_fee', 'max_cost'],
    ...['min_funds', 'timeout'],
    ...['allow_private_addresses', 'state_directory'],
  ])
  expect(data.settings.flatMap(({ name, value, source }) => (value === null ? [] : [[name, value, source]]))).toEqual([
    ['chain_id', '10', 'default'],
    ['finality', 'included', 'default'],
    ['max_fee', '20', 'default'],
    ['max_cost', '0.05', 'default'],
    ['allow_private_addresses', 'false', 'default'],
    ['state_directory', '/h/.local/state/wcn', 'default'],
  ])
  expect(data.settings.every(({ problem, title }) => problem === null && title !== '')).toBe(true)
  expect(data).toMatchObject({
    context: null,
    files: { env_file: null, contexts: '/somewhere/contexts.json', state_directory: '/h/.local/state/wcn' },
  })
  expect(text).toMatch(/^chain_id +default +10$/m)
  expect(text).toMatch(/^not set +context, contract_address, rpc_urls,/m)
})

describe('where each came from', () => {
  it.each<[string, Given, string, string, string]>([
    ['a flag', { flags: { contractAddress: ADDRESS } }, 'contract_address', ADDRESS, '--contract-address'],
    [
      'a variable',
      { env: { SMART_CONTRACT_ADDRESS: ADDRESS.toLowerCase() } },
      'contract_address',
      ADDRESS,
      'SMART_CONTRACT_ADDRESS',
    ],
    ['an env file', { envFile: 'WCN_CHAIN_ID=31337' }, 'chain_id', '31337', 'WCN_CHAIN_ID in my.env'],
    [
      'a flag of no value',
      { flags: { allowPrivateAddresses: true } },
      'allow_private_addresses',
      'true',
      '--allow-private-addresses',
    ],
    [
      'a variable in its place',
      { env: { WCN_ALLOW_PRIVATE_ADDRESSES: '1' } },
      'allow_private_addresses',
      'true',
      'WCN_ALLOW_PRIVATE_ADDRESSES',
    ],
    ['a variable for time', { env: { WCN_TIMEOUT: '5' } }, 'timeout', '5', 'WCN_TIMEOUT'],
    ['a flag for money', { flags: { maxCost: '0.5' } }, 'max_cost', '0.5', '--max-cost'],
    ['a variable for a folder', { env: { WCN_STATE_DIR: '/s' } }, 'state_directory', '/s', 'WCN_STATE_DIR'],
    ['a variable for a file', { env: { WCN_RPC_CA_FILE: '/ca' } }, 'rpc_ca_file', '/ca', 'WCN_RPC_CA_FILE'],
  ])('%s', async (_, given, name, value, source) => {
    const { of, exitCode } = await show(given)
    expect(of(name)).toMatchObject({ name, value, source, problem: null })
    expect(exitCode).toBe(0)
  })

  it('a context, of which it says which and why', async () => {
    const values = {
      contract_address: ADDRESS,
      rpc_urls: [`wss://a.example/${TOKEN}`, 'https://b.example:8443/'],
      keystore: '/ks',
      password_file: '/pw',
      encryption_key_file: '/enc',
      operator: ADDRESS,
    }
    const { data, of } = await show({ context: { name: 'eu', askedBy: null, values } })
    expect(data.context).toBe('eu')
    expect(of('context')).toMatchObject({ value: 'eu', source: 'current context' })
    for (const name of ['contract_address', 'keystore', 'password_file', 'encryption_key_file', 'operator'] as const)
      expect(of(name)).toMatchObject({ value: values[name], source: 'context eu', problem: null })
    expect(of('rpc_urls')).toMatchObject({ value: 'a.example, b.example:8443', source: 'context eu' })
    expect(of('rpc_quorum')).toMatchObject({ value: '2', source: 'default' })
    const asked = await show({ context: { name: 'eu', askedBy: 'WCN_CONTEXT', values } })
    expect(asked.of('context')).toMatchObject({ value: 'eu', source: 'WCN_CONTEXT' })
  })

  it('the env file is named', async () => {
    expect((await show({}, '.env')).data.files.env_file).toBe('.env')
  })
})

describe('of what excludes each other, only what takes effect', () => {
  it('a key as a flag, and not the keystore of the context', async () => {
    const { of, exitCode } = await show({
      flags: { privateKeyFile: '/op.key' },
      context: {
        name: 'eu',
        askedBy: '--context',
        values: { contract_address: ADDRESS, keystore: '/ks', password_file: '/pw' },
      },
    })
    expect(of('private_key_file')).toMatchObject({ value: '/op.key', source: '--private-key-file' })
    expect(of('keystore')).toMatchObject({ value: null, source: null, problem: null })
    expect(exitCode).toBe(0)
  })

  it('both, with what is wrong, where neither can', async () => {
    const env = { SMART_CONTRACT_SIGNER_PRIVATE_KEY: KEY, WCN_KEYSTORE: '/ks' }
    const { of, exitCode } = await show({ env })
    const problem = 'both SMART_CONTRACT_SIGNER_PRIVATE_KEY and WCN_KEYSTORE are set'
    expect(of('private_key')).toMatchObject({ value: '[set]', problem })
    expect(of('keystore')).toMatchObject({ value: '/ks', problem })
    expect(of('private_key_file')).toMatchObject({ value: null, problem: null })
    expect(exitCode).toBe(2)
  })
})

describe('what is wrong is said beside it, and stops nothing', () => {
  it.each<[string, Given, string, string]>([
    [
      'a bad address',
      { env: { SMART_CONTRACT_ADDRESS: '0x12' } },
      'contract_address',
      'SMART_CONTRACT_ADDRESS is "0x12"',
    ],
    ['a bad chain', { flags: { chainId: 'x' } }, 'chain_id', '--chain-id is "x"'],
    ['a bad deadline', { flags: { timeout: '0' } }, 'timeout', '--timeout'],
    ['a bad URL', { env: { RPC_PROVIDER_URL: TOKEN } }, 'rpc_urls', 'RPC_PROVIDER_URL is not the URL'],
    ['a bad quorum', { flags: { rpcUrl: ['https://a'], rpcQuorum: '2' } }, 'rpc_quorum', '--rpc-quorum wants 2'],
    ['a bad operator', { env: { WCN_OPERATOR: 'me' } }, 'operator', 'WCN_OPERATOR is "me"'],
    ['a bad finality', { env: { WCN_FINALITY: 'soon' } }, 'finality', 'WCN_FINALITY is "soon"'],
    ['a bad limit', { env: { WCN_MAX_FEE: 'lots' } }, 'max_fee', 'WCN_MAX_FEE'],
    ['a bad permission', { env: { WCN_ALLOW_PRIVATE_ADDRESSES: 'yes' } }, 'allow_private_addresses', 'neither'],
    ['a key for a folder', { env: { WCN_STATE_DIR: KEY } }, 'state_directory', 'WCN_STATE_DIR looks like a key'],
    [
      'a key for a path',
      { env: { WCN_PRIVATE_KEY_FILE: KEY } },
      'private_key_file',
      'WCN_PRIVATE_KEY_FILE looks like a key',
    ],
    [
      'KMS for an operator',
      { env: { WCN_KMS_KEY_ID: KMS_KEY_ID } },
      'kms_key_id',
      'WCN_KMS_KEY_ID names a key in AWS KMS',
    ],
    ['an empty flag', { flags: { keystore: '' } }, 'keystore', '--keystore is given without a value'],
    [
      'two names',
      { env: { RPC_PROVIDER_URL: 'https://a', OPTIMISM_RPC_PROVIDER_URL: 'https://b' } },
      'rpc_urls',
      'RPC_PROVIDER_URL and OPTIMISM_RPC_PROVIDER_URL set',
    ],
    [
      'a variable and the env file',
      { env: { WCN_CHAIN_ID: '1' }, envFile: 'WCN_CHAIN_ID=2' },
      'chain_id',
      'WCN_CHAIN_ID in my.env contradicts the exported variable WCN_CHAIN_ID',
    ],
    [
      'a variable and the context that is asked for',
      {
        env: { SMART_CONTRACT_ADDRESS: `0x${'12'.repeat(20)}` },
        context: { name: 'eu', askedBy: '--context', values: { contract_address: ADDRESS } },
      },
      'contract_address',
      'contract_address of context eu contradicts the exported variable SMART_CONTRACT_ADDRESS',
    ],
  ])('%s', async (_, given, name, problem) => {
    const { data, of, exitCode, text } = await show(given)
    expect(exitCode).toBe(2)
    expect(of(name)).toMatchObject({ value: null, problem: expect.stringContaining(problem) })
    expect(data.settings.filter((setting) => setting.problem !== null).map((setting) => setting.name)).toContain(name)
    expect(text).toMatch(new RegExp(`^${name} `, 'm'))
    expect(text).toContain(problem)
    expect(JSON.stringify(data) + text).not.toMatch(/c0ffee|canary/)
  })
})

it('shows no secret, from wherever it comes', async () => {
  const inline = {
    SMART_CONTRACT_ENCRYPTION_KEY: KEY,
    SMART_CONTRACT_SIGNER_PRIVATE_KEY: KEY,
    WCN_KEYSTORE_PASSWORD: TOKEN,
    RPC_PROVIDER_URL: `https://user:${TOKEN}@host.example/${TOKEN}?${TOKEN}`,
  }
  const lines = Object.entries(inline)
    .map(([name, value]) => `${name}='${value}'`)
    .join('\n')
  const flags = { privateKey: KEY, encryptionKey: KEY, rpcUrl: [inline.RPC_PROVIDER_URL] }
  for (const given of [{ env: inline }, { envFile: lines }, { flags }]) {
    const { data, of, text } = await show(given)
    expect(of('private_key')?.value).toBe('[set]')
    expect(of('encryption_key')?.value).toBe('[set]')
    expect(of('rpc_urls')?.value).toBe('host.example')
    expect(JSON.stringify(data) + text).not.toMatch(/c0ffee|canary/)
  }
})

it('says when the current context is not the cluster that is used', async () => {
  const { settings, notes } = resolve({
    env: { SMART_CONTRACT_ADDRESS: `0x${'12'.repeat(20)}` },
    context: { name: 'eu', askedBy: null, values: { contract_address: ADDRESS } },
  })
  settings.describe()
  expect(notes).toEqual([expect.stringContaining('SMART_CONTRACT_ADDRESS takes the place of')])
})
