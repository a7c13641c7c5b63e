import { describe, expect, it } from 'vitest'
import { WcnError } from '../../src/errors/wcn-error.js'
import { topic } from '../../src/help/topics.js'
import type { Settings } from '../../src/settings/settings.js'
import { rejectedBy } from '../support/rejected.js'
import { type Given, resolve } from '../support/settings.js'
import { thrownBy } from '../support/thrown.js'

const KEY = 'c0ffee'.padEnd(64, '1')
const OTHER_KEY = 'dec0de'.padEnd(64, '2')
const ADDRESS = '0x5f304828A451158E44Dfd584fbDe3e6af592c2f5'

const codeOf = async (call: () => unknown) => (await rejectedBy(call)).code

describe('both vocabularies', () => {
  it.each(['SMART_CONTRACT_ADDRESS', 'WCN_CLUSTER_SMART_CONTRACT_ADDRESS'])('%s', (name) => {
    expect(resolve({ env: { [name]: ADDRESS } }).settings.contractAddress()).toBe(ADDRESS.toLowerCase())
  })

  it.each(['RPC_PROVIDER_URL', 'OPTIMISM_RPC_PROVIDER_URL'])('%s', (name) => {
    expect(resolve({ env: { [name]: 'wss://host/x' } }).settings.rpcUrl()).toBe('wss://host/x')
  })

  it.each(['SMART_CONTRACT_ENCRYPTION_KEY', 'WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY'])('%s', async (name) => {
    const key = await resolve({ env: { [name]: KEY } }).settings.requireEncryptionKey()
    expect(Buffer.from(key.reveal()).toString('hex')).toBe(KEY)
  })

  it.each(['SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN_NODE_OPERATOR_PRIVATE_KEY'])('%s', async (name) => {
    const { settings } = resolve({ env: { [name]: `0x${KEY}` } })
    expect((await settings.privateKey()).reveal()).toBe(`0x${KEY}`)
  })

  it('the owner signs with the owner key, never with an operator key that happens to be there', async () => {
    const env = { WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: KEY, SMART_CONTRACT_SIGNER_PRIVATE_KEY: OTHER_KEY }
    expect((await resolve({ env, role: 'owner' }).settings.privateKey()).reveal()).toBe(`0x${KEY}`)
    expect((await resolve({ env }).settings.privateKey()).reveal()).toBe(`0x${OTHER_KEY}`)
    const { SMART_CONTRACT_SIGNER_PRIVATE_KEY } = env
    const { settings } = resolve({ env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY }, role: 'owner' })
    expect(await codeOf(settings.privateKey)).toBe('SETTING_MISSING')
  })
})

describe('secrets', () => {
  it('come from files, and are registered for scrubbing', async () => {
    const { settings, secrets, warnings } = resolve({
      flags: { privateKeyFile: 'op.key', encryptionKeyFile: 'enc.key' },
      files: { 'op.key': `${KEY}\n`, 'enc.key': OTHER_KEY },
    })
    expect((await settings.privateKey()).reveal()).toBe(`0x${KEY}`)
    expect(Buffer.from((await settings.requireEncryptionKey()).reveal()).toString('hex')).toBe(OTHER_KEY)
    expect(secrets.sort()).toEqual([KEY, OTHER_KEY].sort())
    expect(warnings).toEqual([])
  })

  it('come from files that a variable names', async () => {
    const env = { WCN_PRIVATE_KEY_FILE: 'op.key', WCN_ENCRYPTION_KEY_FILE: 'op.key' }
    const { settings } = resolve({ env, files: { 'op.key': KEY } })
    expect((await settings.privateKey()).reveal()).toBe(`0x${KEY}`)
    expect(await settings.encryptionKey()).not.toBeNull()
  })

  it('on the command line are taken with a warning about the process list', async () => {
    const { settings, warnings, secrets } = resolve({ flags: { privateKey: KEY, encryptionKey: OTHER_KEY } })
    await settings.privateKey()
    await settings.encryptionKey()
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toMatch(/--private-key .*process list.*--private-key-file/)
    expect(warnings[1]).toMatch(/--encryption-key .*--encryption-key-file/)
    expect(warnings.join()).not.toMatch(/c0ffee|dec0de/)
    expect(secrets).toEqual([KEY, OTHER_KEY])
  })

  it('are read once, however often they are asked for', async () => {
    const { settings, warnings } = resolve({ flags: { privateKey: KEY } })
    await Promise.all([settings.privateKey(), settings.privateKey(), settings.operator()])
    expect(warnings).toHaveLength(1)
  })

  it.each<[string, Given]>([
    ['two flags', { flags: { privateKey: KEY, privateKeyFile: 'op.key' } }],
    ['two variables', { env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: KEY, WCN_PRIVATE_KEY_FILE: 'op.key' } }],
    [
      'a variable and the env file',
      { env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: KEY }, envFile: 'WCN_PRIVATE_KEY_FILE=op.key' },
    ],
  ])('inline and as a file contradict each other: %s', async (_, given) => {
    const { settings } = resolve({ ...given, files: { 'op.key': OTHER_KEY } })
    const error = await rejectedBy(settings.privateKey)
    expect(error.code).toBe('SETTINGS_CONFLICT')
    expect(error.message).toMatch(/(PRIVATE_KEY|--private-key) .*(KEY_FILE|--private-key-file)/)
  })

  it.each<[string, Given]>([
    ['a file', { flags: { privateKeyFile: 'op.key' }, env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: OTHER_KEY } }],
    ['a value', { flags: { privateKey: KEY }, env: { WCN_PRIVATE_KEY_FILE: 'other.key' } }],
  ])('a flag beats a variable of the other form: %s', async (_, given) => {
    const { settings } = resolve({ ...given, files: { 'op.key': KEY, 'other.key': OTHER_KEY } })
    expect((await settings.privateKey()).reveal()).toBe(`0x${KEY}`)
  })

  it('no encryption key is null for reads and an error where it is needed', async () => {
    const { settings } = resolve({})
    expect(await settings.encryptionKey()).toBeNull()
    expect(await codeOf(settings.requireEncryptionKey)).toBe('SETTING_MISSING')
  })
})

describe('one value in two spellings is no contradiction', () => {
  const upper = `0x${KEY.toUpperCase()}`
  const url = 'https://rpc.example/v1'
  const other = 'https://RPC.example/v1/#x'
  it.each<[string, Given, (settings: Settings) => unknown]>([
    [
      'the encryption key',
      { env: { SMART_CONTRACT_ENCRYPTION_KEY: KEY, WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY: upper } },
      ({ requireEncryptionKey }) => requireEncryptionKey(),
    ],
    [
      'the encryption key in an env file',
      { env: { SMART_CONTRACT_ENCRYPTION_KEY: KEY }, envFile: `SMART_CONTRACT_ENCRYPTION_KEY=${upper}` },
      ({ requireEncryptionKey }) => requireEncryptionKey(),
    ],
    [
      'the private key',
      { env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: upper, WCN_NODE_OPERATOR_PRIVATE_KEY: KEY } },
      ({ privateKey }) => privateKey(),
    ],
    [
      'the contract',
      { env: { SMART_CONTRACT_ADDRESS: ADDRESS, WCN_CLUSTER_SMART_CONTRACT_ADDRESS: ADDRESS.slice(2).toLowerCase() } },
      ({ contractAddress }) => contractAddress(),
    ],
    [
      'the provider',
      { env: { RPC_PROVIDER_URL: url, OPTIMISM_RPC_PROVIDER_URL: other }, envFile: `WCN_RPC_URLS=${other}` },
      ({ providers }) => providers(),
    ],
  ])('%s', async (_, given, read) => {
    expect(await read(resolve(given).settings)).not.toBeNull()
  })
})

describe('the operator', () => {
  const account = '0x1563915e194d8cfba1943570603f7606a3115508'

  it('is the one named, in the flag before the variable', async () => {
    const env = { WCN_OPERATOR: `0x${'12'.repeat(20)}`, SMART_CONTRACT_SIGNER_PRIVATE_KEY: '33'.repeat(32) }
    expect(await resolve({ flags: { operator: ADDRESS }, env }).settings.operator()).toBe(ADDRESS.toLowerCase())
    expect(await resolve({ env }).settings.operator()).toBe(env.WCN_OPERATOR)
  })

  it('is otherwise the account that signs', async () => {
    const { settings } = resolve({ env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: '22'.repeat(32) } })
    expect(await settings.operator()).toBe(account)
  })

  it('is not guessed, and not the owner', async () => {
    expect(await codeOf(resolve({}).settings.operator)).toBe('SETTING_MISSING')
    const env = { WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: KEY }
    expect(await codeOf(resolve({ env, role: 'owner' }).settings.operator)).toBe('SETTING_MISSING')
  })
})

describe('plain settings', () => {
  it('the chain is OP Mainnet unless another is given', () => {
    expect(resolve({}).settings.chainId()).toBe(10)
    expect(resolve({ env: { WCN_CHAIN_ID: '31337' } }).settings.chainId()).toBe(31337)
    expect(resolve({ flags: { chainId: '1' }, env: { WCN_CHAIN_ID: '31337' } }).settings.chainId()).toBe(1)
  })

  it.each(['0', '-1', '0x7a69', '1e3', '10.0', ' 10', 'ten', '9'.repeat(20)])('%j is no chain ID', (chainId) => {
    const error = thrownBy(() => resolve({ flags: { chainId } }).settings.chainId())
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toContain('--chain-id')
  })

  it('the deadline is given in seconds or with a unit, and there may be none', () => {
    expect(resolve({}).settings.timeoutMs()).toBeNull()
    expect(resolve({ flags: { timeout: '5' } }).settings.timeoutMs()).toBe(5000)
    expect(resolve({ env: { WCN_TIMEOUT: '604800' } }).settings.timeoutMs()).toBe(604_800_000)
    expect(['90s', '30m', '2h', '168h'].map((timeout) => resolve({ flags: { timeout } }).settings.timeoutMs())).toEqual(
      [90_000, 1_800_000, 7_200_000, 604_800_000],
    )
  })

  it.each(['0', '-5', '1.5', '0m', '5 s', '5S', '1d', 'm', '1h30m', '169h', '604801', '3000000'])(
    '%j is no deadline: a timer of that length fires at once',
    (timeout) => {
      expect(thrownBy(() => resolve({ flags: { timeout } }).settings.timeoutMs()).code).toBe('SETTING_INVALID')
    },
  )

  it('private addresses need a clear word, but on a development chain', () => {
    const allowed = (given: Given) => resolve(given).settings.allowPrivateAddresses()
    expect(allowed({})).toBe(false)
    expect(allowed({ flags: { allowPrivateAddresses: true } })).toBe(true)
    for (const [text, meaning] of [
      ['1', true],
      ['true', true],
      ['0', false],
      ['false', false],
    ] as const)
      expect(allowed({ env: { WCN_ALLOW_PRIVATE_ADDRESSES: text } })).toBe(meaning)
    expect(thrownBy(() => allowed({ env: { WCN_ALLOW_PRIVATE_ADDRESSES: 'yes' } })).code).toBe('SETTING_INVALID')
    expect(allowed({ env: { WCN_CHAIN_ID: '31337' } })).toBe(true)
    expect(allowed({ env: { WCN_CHAIN_ID: '31337', WCN_ALLOW_PRIVATE_ADDRESSES: '0' } })).toBe(false)
    expect(allowed({ env: { WCN_CHAIN_ID: '11155420' } })).toBe(false)
  })

  it('a contract address is parsed, and its source is named', () => {
    const error = thrownBy(() => resolve({ envFile: 'SMART_CONTRACT_ADDRESS=0x12' }).settings.contractAddress())
    expect(error.code).toBe('ADDRESS_INVALID')
    expect(error.message).toContain('SMART_CONTRACT_ADDRESS in my.env')
  })
})

describe("the provider's URL", () => {
  it.each([
    'http://127.0.0.1:8545',
    'https://host/v2/token',
    'ws://host',
    'wss://user:pass@host/x?k=v',
    'HTTPS://HOST/x',
  ])('%s is fine, and kept from messages', (url) => {
    const { settings, secrets } = resolve({ flags: { rpcUrl: url } })
    expect(settings.rpcUrl()).toBe(url)
    expect(secrets).toEqual([url])
  })

  it.each([
    'canary',
    'canary-host:8545',
    'canary://host',
    'file:///canary',
    'ftp://canary/x',
    'https://',
    'https://canary host/',
    'user:canary@host/v2/key',
    'javascript:canary',
  ])('%s is refused without being repeated', (url) => {
    const error = thrownBy(() => resolve({ env: { RPC_PROVIDER_URL: url } }).settings.rpcUrl())
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toContain('RPC_PROVIDER_URL')
    expect(`${error.message} ${error.hint}`).not.toMatch(/canary|user/)
  })
})

describe('a missing setting comes with every way to set it, or with where they are', () => {
  const { settings } = resolve({})
  const owner = resolve({ role: 'owner' }).settings
  it.each<[string, () => unknown, string[]]>([
    [
      'contract',
      settings.contractAddress,
      ['--contract-address', 'SMART_CONTRACT_ADDRESS', 'WCN_CLUSTER_SMART_CONTRACT_ADDRESS'],
    ],
    ['RPC', settings.rpcUrl, ['--rpc-url', 'RPC_PROVIDER_URL', 'OPTIMISM_RPC_PROVIDER_URL']],
    [
      'encryption key',
      settings.requireEncryptionKey,
      [
        '--encryption-key-file',
        'WCN_ENCRYPTION_KEY_FILE',
        'SMART_CONTRACT_ENCRYPTION_KEY',
        'WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY',
      ],
    ],
    [
      'operator key',
      settings.privateKey,
      [
        '--private-key-file',
        'WCN_PRIVATE_KEY_FILE',
        'SMART_CONTRACT_SIGNER_PRIVATE_KEY',
        'WCN_NODE_OPERATOR_PRIVATE_KEY',
      ],
    ],
    [
      'owner key',
      owner.privateKey,
      ['--private-key-file', 'WCN_OWNER_PRIVATE_KEY_FILE', 'WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY'],
    ],
    [
      'operator',
      settings.operator,
      ['--operator', 'WCN_OPERATOR', '--private-key-file', 'SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN_PRIVATE_KEY_FILE'],
    ],
  ])('%s', async (_, ask, ways) => {
    const error = await rejectedBy(ask)
    expect(error.code).toBe('SETTING_MISSING')
    // Where it says where every name is, they are there.
    const elsewhere = error.hint?.includes('`wcn help settings`') ? (topic('settings') ?? '') : ''
    const told = `${error.hint} ${elsewhere}`.split(/[\s,`]+/)
    for (const way of ways) expect(told).toContain(way)
    expect(error.hint?.split(/[ ,]+/)).not.toContain('--private-key')
  })
})

describe('no secret is ever in a sentence', () => {
  const bad = ['zz'.repeat(32), `${KEY}0`, KEY.slice(1), 'f'.repeat(64), '0'.repeat(64), ` ${KEY}`]
  const places: [string, (value: string) => Given][] = [
    ['--private-key', (value) => ({ flags: { privateKey: value, encryptionKey: value } })],
    [
      'variables',
      (value) => ({ env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: value, SMART_CONTRACT_ENCRYPTION_KEY: value } }),
    ],
    ['files', (value) => ({ flags: { privateKeyFile: 'x', encryptionKeyFile: 'x' }, files: { x: value } })],
  ]
  it.each(places)('malformed keys from %s', async (_, given) => {
    for (const value of bad) {
      const { settings, warnings } = resolve(given(value))
      const error = await rejectedBy(settings.privateKey)
      expect(error.code).toBe('KEY_INVALID')
      const enough = value.trim().slice(2, 20)
      expect(JSON.stringify([error.message, error.hint, error.details, warnings])).not.toContain(enough)
      const other = await settings.encryptionKey().catch((caught: WcnError) => caught)
      expect(
        JSON.stringify([other instanceof WcnError ? [other.message, other.hint, other.details] : null]),
      ).not.toContain(enough)
    }
  })

  it.each<[string, (given: Given) => unknown]>([
    ['contractAddress', (given) => resolve(given).settings.contractAddress()],
    ['operator', (given) => resolve(given).settings.operator()],
    ['chainId', (given) => resolve(given).settings.chainId()],
    ['timeout', (given) => resolve(given).settings.timeoutMs()],
    ['rpcUrl', (given) => resolve(given).settings.rpcUrl()],
  ])('a key pasted as --%s', async (flag, ask) => {
    for (const value of [KEY, `0x${KEY}`, Buffer.from(KEY, 'hex').toString('base64')]) {
      const error = await rejectedBy(() => ask({ flags: { [flag]: value } }))
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(value.slice(2, 20))
    }
  })
})
