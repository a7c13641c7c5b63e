/** Contexts among the other sources of settings: who wins, what contradicts what, and what stays out of it. */
import { resolve as resolvePath } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WcnError } from '../../src/errors/wcn-error.js'
import type { ContextInUse } from '../../src/settings/contexts.js'
import type { Setting } from '../../src/settings/settings-table.js'
import { createSources } from '../../src/settings/sources.js'
import { keystoreVector } from '../support/keystore-vectors.js'
import { rejectedBy } from '../support/rejected.js'
import { envFileOf, type Given, resolve } from '../support/settings.js'
import { thrownBy } from '../support/thrown.js'

const ONE: Setting = { kind: 'name', name: 'keystore', title: 'the tone', flags: ['tone'], variables: ['TONE'] }
const OTHER: Setting = {
  kind: 'name',
  name: 'private_key_file',
  title: 'the pitch',
  flags: ['pitch'],
  variables: ['PITCH'],
}
const LIST = { ...ONE, name: 'rpc_urls', variables: ['TONE', 'TONES'], list: 'TONES' }
const CONTRACT = '0x5f304828A451158E44Dfd584fbDe3e6af592c2f5'
const ELSEWHERE = `0x${'12'.repeat(20)}`
const KEY = 'c0ffee'.padEnd(64, '1')

const LAYERS = ['flag', 'environment', 'env file', 'context asked for', 'current context'] as const
type Layer = (typeof LAYERS)[number]

/** What each layer says, by the setting's place in `names`. */
function sources(said: Partial<Record<Layer, readonly [names: Setting, value: string | readonly string[]]>>) {
  const flag = said.flag
  const environment = said.environment
  const file = said['env file']
  const context = said['context asked for'] ?? said['current context']
  const words = (value: string | readonly string[]) => (typeof value === 'string' ? value : value.join(','))
  return createSources(
    flag ? { [String(flag[0].flags[0])]: flag[1] } : {},
    environment ? { [String(environment[0].variables.at(-1))]: words(environment[1]) } : {},
    envFileOf(file && `${file[0].variables.at(-1)}=${words(file[1])}`),
    context
      ? ({
          name: 'eu',
          askedBy: said['context asked for'] ? '--context' : null,
          values: { contract_address: CONTRACT, [context[0].name]: context[1] },
        } as ContextInUse)
      : null,
  )
}

const nameOf = (layer: Layer, { flags, variables, name }: Setting) =>
  ({
    flag: `--${flags[0]}`,
    environment: String(variables.at(-1)),
    'env file': `${variables.at(-1)} in my.env`,
    'context asked for': `${name} of context eu`,
    'current context': `${name} of context eu`,
  })[layer]

/** Every two layers that there can be at once, the higher one first. */
const PAIRS = LAYERS.flatMap((high, index) => LAYERS.slice(index + 1).map((low) => [high, low] as const)).filter(
  ([high, low]) => !(high === 'context asked for' && low === 'current context'),
)
const CONFLICTS = [
  ['environment', 'env file'],
  ['environment', 'context asked for'],
  ['env file', 'context asked for'],
]
const isConflict = (high: Layer, low: Layer) => CONFLICTS.some(([a, b]) => a === high && b === low)

it('a relative path is the place that a context names from anywhere', () => {
  const file = { ...ONE, kind: 'path', name: 'one_file' } as const
  const found = (path: string) =>
    sources({ environment: [file, 'keys/one.key'], 'context asked for': [file, path] }).find(file)
  expect(found(resolvePath('keys/one.key'))?.value).toBe('keys/one.key')
  expect(() => found(resolvePath('keys/other.key'))).toThrow('contradicts')
})

describe.each(PAIRS)('%s and %s', (high, low) => {
  const expectConflict = (error: WcnError, one: string, other: string) => {
    expect(error.code).toBe('SETTINGS_CONFLICT')
    expect(error.message).toContain(one)
    expect(error.message).toContain(other)
    expect(JSON.stringify([error.message, error.hint])).not.toMatch(/uno|due/)
  }

  it('say the same', () => {
    const found = sources({ [high]: [ONE, 'uno'], [low]: [ONE, 'uno'] }).find(ONE)
    expect(found).toMatchObject({ value: 'uno', source: nameOf(high, ONE) })
  })

  it('contradict each other, or the first wins', () => {
    const both = sources({ [high]: [ONE, 'uno'], [low]: [ONE, 'due'] })
    if (isConflict(high, low))
      return expectConflict(
        thrownBy(() => both.find(ONE)),
        nameOf(high, ONE),
        nameOf(low, ONE),
      )
    expect(both.find(ONE)).toMatchObject({ value: 'uno', source: nameOf(high, ONE) })
  })

  it('are lists', () => {
    const same = sources({ [high]: [LIST, ['uno', 'due']], [low]: [LIST, ['uno', 'due']] })
    expect(same.require(LIST)).toMatchObject({ values: ['uno', 'due'], source: nameOf(high, LIST) })
    const both = sources({ [high]: [LIST, ['uno', 'due']], [low]: [LIST, ['uno']] })
    if (isConflict(high, low))
      return expectConflict(
        thrownBy(() => both.require(LIST)),
        nameOf(high, LIST),
        nameOf(low, LIST),
      )
    expect(both.require(LIST).values).toEqual(['uno', 'due'])
  })

  it.each([
    ['one form and the other', ONE, OTHER],
    ['the other form and the one', OTHER, ONE],
  ])('are %s of what can be given in one only', (_, first, second) => {
    const both = sources({ [high]: [first, 'uno'], [low]: [second, 'due'] })
    const choose = () => both.findOne([ONE, OTHER])
    if (isConflict(high, low)) return expectConflict(thrownBy(choose), nameOf(high, first), nameOf(low, second))
    expect(choose()).toMatchObject({
      setting: first,
      value: 'uno',
      source: nameOf(high, first),
    })
  })
})

describe('two forms in one layer', () => {
  const context = (askedBy: string | null): ContextInUse => ({
    name: 'eu',
    askedBy,
    values: { contract_address: CONTRACT, keystore: '/a', private_key_file: '/b' },
  })
  it.each([null, '--context'])('contradict each other in a context, asked for by %s', (askedBy) => {
    const error = thrownBy(() => createSources({}, {}, null, context(askedBy)).findOne([ONE, OTHER]))
    expect(error).toMatchObject({
      code: 'SETTINGS_CONFLICT',
      message: 'both keystore of context eu and private_key_file of context eu are set',
    })
  })

  it('do not where something above decides', () => {
    const { find } = createSources({}, { TONE: '/c' }, null, context(null))
    expect(find(ONE)).toMatchObject({ value: '/c', source: 'TONE' })
    const sourcesOf = createSources({ pitch: '/d' }, {}, null, context('--context'))
    expect(sourcesOf.findOne([ONE, OTHER])?.value).toBe('/d')
  })
})

describe('settings of a context', () => {
  const eu = (values: Partial<ContextInUse['values']> = {}, askedBy: string | null = null): Given => ({
    context: { name: 'eu', askedBy, values: { contract_address: CONTRACT, ...values } },
  })
  const URLS = ['wss://a.example/token', 'https://b.example']

  it('are parsed like all others', async () => {
    const { settings } = resolve({
      ...eu({
        chain_id: 31337,
        rpc_urls: URLS,
        rpc_quorum: 1,
        rpc_header_file: '/h',
        private_key_file: '/op.key',
        encryption_key_file: '/enc.key',
      }),
      files: { '/h': '[a.example]\nA: 1', '/op.key': KEY, '/enc.key': KEY },
    })
    expect(settings.contractAddress()).toBe(CONTRACT.toLowerCase())
    expect(settings.chainId()).toBe(31337)
    expect((await settings.privateKey()).reveal()).toBe(`0x${KEY}`)
    expect(await settings.encryptionKey()).not.toBeNull()
    const { providers, quorum } = await settings.providers()
    expect(providers.map(({ url }) => url)).toEqual(URLS)
    expect(providers[0]?.headers.A?.reveal()).toBe('1')
    expect(quorum).toBe(1)
  })

  it('keep commas in a URL, which a variable could not', () => {
    expect(resolve(eu({ rpc_urls: ['https://a.example/x,y'] })).settings.rpcUrl()).toBe('https://a.example/x,y')
  })

  it('are named in what is wrong with them', () => {
    const error = thrownBy(() => resolve(eu({ contract_address: '0x12' })).settings.contractAddress())
    expect(error).toMatchObject({ code: 'ADDRESS_INVALID', message: expect.stringContaining('context eu') })
  })

  it.each([CONTRACT.toLowerCase(), CONTRACT.slice(2)])(
    'agree with the same address as %s',
    (SMART_CONTRACT_ADDRESS) => {
      const env = { SMART_CONTRACT_ADDRESS }
      const { settings, notes } = resolve({ ...eu({}, '--context'), env })
      expect(settings.contractAddress()).toBe(CONTRACT.toLowerCase())
      expect(notes).toEqual([])
    },
  )

  it('are the operator’s: the owner signs with none of them', async () => {
    const { settings } = resolve({ ...eu({ private_key_file: '/op.key' }), role: 'owner', files: { '/op.key': KEY } })
    expect((await rejectedBy(settings.privateKey())).code).toBe('SETTING_MISSING')
  })

  it.each<[string, Given, string | null]>([
    ['a variable', { env: { SMART_CONTRACT_ADDRESS: ELSEWHERE } }, 'SMART_CONTRACT_ADDRESS'],
    [
      'its other name',
      { env: { WCN_CLUSTER_SMART_CONTRACT_ADDRESS: ELSEWHERE } },
      'WCN_CLUSTER_SMART_CONTRACT_ADDRESS',
    ],
    ['an env file', { envFile: `SMART_CONTRACT_ADDRESS=${ELSEWHERE}` }, 'SMART_CONTRACT_ADDRESS in my.env'],
    ['a flag, which says so itself', { flags: { contractAddress: ELSEWHERE } }, null],
  ])('of the current one do not lose the cluster in silence: %s', (_, given, by) => {
    const { settings, notes } = resolve({ ...eu(), ...given })
    expect(settings.contractAddress()).toBe(ELSEWHERE)
    settings.contractAddress()
    expect(settings.contractSource()).toBe(by ?? '--contract-address')
    expect(notes).toEqual(
      by === null ? [] : [`${by} takes the place of contract_address of context eu, which is the current one`],
    )
  })

  it.each([undefined, '--context'])('name themselves as what names the cluster (%s)', (askedBy) => {
    expect(resolve(eu({}, askedBy)).settings.contractSource()).toBe('context eu')
  })

  it.each([null, '--context'])('do not fill in what an env file leaves empty (%s)', (askedBy) => {
    const error = thrownBy(() =>
      resolve({ ...eu({}, askedBy), envFile: 'SMART_CONTRACT_ADDRESS=' }).settings.contractAddress(),
    )
    expect(error).toMatchObject({
      code: 'SETTINGS_CONFLICT',
      message: 'SMART_CONTRACT_ADDRESS in my.env is empty, and contract_address of context eu is not',
    })
    const env = { SMART_CONTRACT_ADDRESS: CONTRACT }
    const { settings } = resolve({ ...eu({}, askedBy), env, envFile: 'SMART_CONTRACT_ADDRESS=\nWCN_TIMEOUT=' })
    expect(settings.contractAddress()).toBe(CONTRACT.toLowerCase())
    expect(settings.timeoutMs()).toBeNull()
  })

  it('that no command asks for contradict nothing', () => {
    const { settings, notes } = resolve({
      ...eu({ chain_id: 10 }, '--context'),
      env: { SMART_CONTRACT_ADDRESS: ELSEWHERE },
    })
    expect(settings.chainId()).toBe(10)
    expect(notes).toEqual([])
  })
})

describe('what belongs together stays together', () => {
  const whole: ContextInUse['values'] = {
    contract_address: CONTRACT,
    rpc_urls: ['https://a.example'],
    rpc_quorum: 1,
    rpc_header_file: '/h',
    encryption_key_file: '/enc.key',
    keystore: '/op.json',
    password_file: '/pw',
    operator: ELSEWHERE,
  }
  const keystore = keystoreVector('geth, with its address').text
  const files = {
    '/h': 'Authorization: canary',
    '/enc.key': KEY,
    '/op.key': KEY,
    '/pw': 'x',
    '/op.json': keystore,
    '/other.json': keystore,
  }
  const given = (more: Given, askedBy: string | null = null) =>
    resolve({ ...more, files, context: { name: 'eu', askedBy, values: whole } })

  it.each<[string, Given]>([
    ['a flag', { flags: { rpcUrl: ['https://evil.example'] } }],
    ['a variable', { env: { RPC_PROVIDER_URL: 'https://evil.example' } }],
    ['an env file', { envFile: 'WCN_RPC_URLS=https://evil.example' }],
  ])("a token goes to no provider but the context's: %s names another", async (_, more) => {
    const { settings, secrets } = given(more)
    const { providers } = await settings.providers()
    expect(providers).toEqual([{ url: 'https://evil.example', headers: {}, proxy: null }])
    expect(secrets).not.toContain('canary')
  })

  it('even where the context is asked for', async () => {
    const { providers } = await given({ flags: { rpcUrl: ['https://evil.example'] } }, '--context').settings.providers()
    expect(providers[0]?.headers).toEqual({})
  })

  it('but does to the same provider, whoever names it', async () => {
    const { providers } = await given({ env: { RPC_PROVIDER_URL: 'https://a.example' } }).settings.providers()
    expect(providers[0]?.headers.Authorization?.reveal()).toBe('canary')
  })

  it('how many must agree is said of its own providers', async () => {
    const rpcUrl = ['https://b.example', 'https://c.example']
    expect((await given({ flags: { rpcUrl } }).settings.providers()).quorum).toBe(2)
  })

  it('the operator is who signs, where another key is given', async () => {
    expect(await given({}).settings.operator()).toBe(ELSEWHERE)
    const { settings } = given({ flags: { privateKeyFile: '/op.key' } })
    expect(await settings.operator()).not.toBe(ELSEWHERE)
    expect(await settings.operator()).toBe(
      await resolve({ flags: { privateKeyFile: '/op.key' }, files }).settings.operator(),
    )
  })

  it('the encryption key is for its cluster', async () => {
    expect(await given({}).settings.encryptionKey()).not.toBeNull()
    expect(await given({ flags: { contractAddress: ELSEWHERE } }).settings.encryptionKey()).toBeNull()
    expect(await given({ env: { SMART_CONTRACT_ADDRESS: CONTRACT } }).settings.encryptionKey()).not.toBeNull()
  })

  it('the password opens its keystore only', async () => {
    const codeOf = async (more: Given) => (await rejectedBy(given(more).settings.privateKey())).code
    expect(await codeOf({})).toBe('PASSWORD_WRONG')
    expect(await codeOf({ flags: { keystore: '/other.json' } })).toBe('INPUT_REQUIRED')
  })
})
