import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WcnError } from '../../src/errors/wcn-error.js'
import { createFiles } from '../../src/platform/files/files.js'
import { firstRpcUrl, resolveProviders } from '../../src/settings/provider-settings.js'
import { createSources, type Environment, type Flags } from '../../src/settings/sources.js'
import { memoryFiles } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { envFileOf } from '../support/settings.js'
import { thrownBy } from '../support/thrown.js'
import { TEST_AUTHORITY } from '../support/tls-front.js'

interface Given {
  readonly flags?: Flags
  readonly env?: Environment
  readonly envFile?: string
  readonly files?: Readonly<Record<string, string>>
}

const TOKEN = 'canary-token-d34db33f'
const A = `https://a.example/${TOKEN}`
const B = `wss://b.example:8443/${TOKEN}`
const C = 'http://127.0.0.1:8545'

function tools(files: Given['files'], environment: Environment = {}) {
  const secrets: string[] = []
  return {
    secrets,
    environment,
    files: memoryFiles(files ?? {}),
    registerSecret: (text: string) => void secrets.push(text),
  }
}
function sourcesOf({ flags = {}, env = {}, envFile }: Given) {
  return createSources(flags, env, envFileOf(envFile))
}
async function resolve(given: Given) {
  const { secrets, ...rest } = tools(given.files, given.env)
  return { ...(await resolveProviders(sourcesOf(given), rest)), secrets }
}
const urlsOf = async (given: Given) => (await resolve(given)).providers.map(({ url }) => url)
async function refusalOf(given: Given): Promise<WcnError> {
  const error = await rejectedBy(resolve(given))
  expect(JSON.stringify([error.message, error.hint, error.details, error.stack])).not.toContain('canary')
  return error
}

// What decides about proxies reads the process's environment itself.
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) vi.stubEnv(name, undefined)
})
afterEach(() => vi.unstubAllEnvs())

describe('which', () => {
  it.each<[string, Given, string[]]>([
    ['one flag', { flags: { rpcUrl: [A] } }, [A]],
    ['a flag that is repeated', { flags: { rpcUrl: [A, B, C] } }, [A, B, C]],
    ["the Rust tool's flag", { flags: { rpcProviderUrl: A } }, [A]],
    ['both flags alike', { flags: { rpcProviderUrl: A, rpcUrl: [A] } }, [A]],
    ["the nodes' variable", { env: { RPC_PROVIDER_URL: A } }, [A]],
    ["the Rust tool's variable", { env: { OPTIMISM_RPC_PROVIDER_URL: A } }, [A]],
    ['a list with blanks', { env: { WCN_RPC_URLS: ` ${A}  ${B}\n${C}\t` } }, [A, B, C]],
    ['a list with commas', { env: { WCN_RPC_URLS: `${A},${B} , ${C},` } }, [A, B, C]],
    ['a list in the env file', { envFile: `WCN_RPC_URLS="${A} ${B}"` }, [A, B]],
    ['a variable and a list alike', { env: { RPC_PROVIDER_URL: A, WCN_RPC_URLS: `${A} ` } }, [A]],
    ['flags before all else', { flags: { rpcUrl: [A] }, env: { WCN_RPC_URLS: `${B} ${C}` } }, [A]],
    ['one with a comma in it', { flags: { rpcUrl: ['https://a.example/x,y'] } }, ['https://a.example/x,y']],
  ])('%s', async (_, given, urls) => {
    expect(await urlsOf(given)).toEqual(urls)
    expect(firstRpcUrl(sourcesOf(given), () => {})).toBe(urls[0])
  })

  it.each<[string, Given]>([
    ['two flags', { flags: { rpcUrl: [A], rpcProviderUrl: B } }],
    ['a variable and a list', { env: { RPC_PROVIDER_URL: A, WCN_RPC_URLS: `${A} ${B}` } }],
    ['lists in another order', { env: { WCN_RPC_URLS: `${B} ${A}` }, envFile: `WCN_RPC_URLS="${A} ${B}"` }],
    ['a variable and the env file', { env: { RPC_PROVIDER_URL: A }, envFile: `WCN_RPC_URLS=${B}` }],
  ])('two that contradict each other are refused: %s', async (_, given) => {
    expect((await refusalOf(given)).code).toBe('SETTINGS_CONFLICT')
  })

  it('has to be said, in one of several ways', async () => {
    const error = await refusalOf({ env: { WCN_RPC_URLS: ' , ' } })
    expect(error.code).toBe('SETTING_MISSING')
    expect(error.message).toBe("the RPC provider's URL is not set")
    expect(error.hint).toBe(
      '`wcn context add NAME --rpc-url …` keeps it for every command; --rpc-url or RPC_PROVIDER_URL is for one (`wcn help settings` has every name)',
    )
    expect(thrownBy(() => firstRpcUrl(sourcesOf({}), () => {})).code).toBe('SETTING_MISSING')
  })

  it('an empty flag among them is a mistake', async () => {
    expect((await refusalOf({ flags: { rpcUrl: [A, ''] } })).message).toContain('--rpc-url is given without a value')
  })

  it.each([
    'canary',
    'canary.example:8545',
    'ftp://canary/x',
    'https://',
    'https://us%er:canary@a.example/',
    'https://user:canary%zz@a.example/',
  ])('%s is none, and is not repeated', async (url) => {
    const error = await refusalOf({ flags: { rpcUrl: [A, url] } })
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toContain('--rpc-url')
  })

  it('all are kept from messages, the malformed ones too', async () => {
    expect((await resolve({ flags: { rpcUrl: [A, B] } })).secrets).toEqual([A, B])
    const { secrets, ...rest } = tools({})
    await rejectedBy(resolveProviders(sourcesOf({ flags: { rpcUrl: [A, 'canary'] } }), rest))
    expect(secrets).toEqual([A, 'canary'])
  })

  it.each([
    ['as it is', A, A],
    ['with another case of the host', A, A.replace('a.example', 'A.Example')],
    ['with the default port', A, A.replace('.example', '.example:443')],
    ['with a slash behind', A, `${A}/`],
    ['with a bare slash', 'https://a.example', 'https://a.example/'],
    ['with a fragment', A, `${A}#canary`],
  ])('twice the same is refused: %s', async (_, one, other) => {
    const error = await refusalOf({ flags: { rpcUrl: [one, B, other] } })
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toBe('--rpc-url names one RPC provider twice: a.example')
  })

  it('two accounts at one host are two', async () => {
    expect(await urlsOf({ flags: { rpcUrl: [A, `${A}2`, `${A}?k=1`] } })).toHaveLength(3)
  })
})

describe('how many must agree', () => {
  const three = { rpcUrl: [A, B, C] }
  it.each<[string, Given, number]>([
    ['all', { flags: three }, 3],
    ['the one there is', { flags: { rpcUrl: [A] } }, 1],
    ['fewer', { flags: { ...three, rpcQuorum: '2' } }, 2],
    ['as many as there are', { flags: three, env: { WCN_RPC_QUORUM: '3' } }, 3],
    ['one', { flags: three, env: { WCN_RPC_QUORUM: '1' } }, 1],
  ])('%s', async (_, given, quorum) => expect((await resolve(given)).quorum).toBe(quorum))

  it.each(['0', '-1', '4', '1.5', 'all', ' '])('%j is refused', async (rpcQuorum) => {
    const error = await refusalOf({ flags: { ...three, rpcQuorum } })
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toContain('--rpc-quorum')
  })

  it('more than there are is said with both numbers', async () => {
    const error = await refusalOf({ flags: { rpcUrl: [A] }, env: { WCN_RPC_QUORUM: '2' } })
    expect(error.message).toBe('WCN_RPC_QUORUM wants 2 RPC providers to agree, but there is only 1')
  })
})

describe('the file of headers', () => {
  const with_ = (text: string, urls = [A]) => ({ flags: { rpcUrl: urls, rpcHeaderFile: 'h' }, files: { h: text } })
  const headersOf = async (given: Given) =>
    (await resolve(given)).providers.map(({ headers }) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    )

  it.each<[string, string, Record<string, string>]>([
    ['one', 'Authorization: Bearer x', { Authorization: 'Bearer x' }],
    ['without a space', 'X-Key:x', { 'X-Key': 'x' }],
    ['with a colon in the value', 'X-Key: a:b', { 'X-Key': 'a:b' }],
    ['several, comments and empty lines', '# mine\n\nA: 1\n  B:  2 \t\r\n# end', { A: '1', B: '2' }],
    ['with a section', '[a.example]\nA: 1', { A: '1' }],
    ['with a section and a port', '[A.example:443]\nA: 1', { A: '1' }],
    ['before and in a section', 'A: 1\n[a.example]\nB: 2', { A: '1', B: '2' }],
    ['in the section of another', '[b.example]\nA: 1\n[a.example:8443]\nA: 3', {}],
  ])('with one provider: %s', async (_, text, headers) => {
    expect(await headersOf(with_(text))).toEqual([headers])
  })

  it('with several, each gets what is under its host', async () => {
    const text = '[a.example]\nA: 1\n[b.example:8443]\nA: 2\nB: 3\n[127.0.0.1]\nC: 4\n[a.example]\nD: 5'
    expect(await headersOf(with_(text, [A, B, C]))).toEqual([{ A: '1', D: '5' }, { A: '2', B: '3' }, { C: '4' }])
  })

  it('knows IPv6', async () => {
    const urls = ['http://[::1]:8545/', 'http://[::2]/']
    expect(await headersOf(with_('[[::1]:8545]\nA: 1\n[[::2]]\nB: 2', urls))).toEqual([{ A: '1' }, { B: '2' }])
  })

  it.each(['# none', '[a.example]\n', ' \n'])('%j holds none', async (text) => {
    const error = await refusalOf(with_(text))
    expect(error).toMatchObject({
      code: 'SETTING_INVALID',
      message: 'the file that --rpc-header-file names holds no header',
    })
  })

  it('with several needs to say whose a header is', async () => {
    const error = await refusalOf(with_('# tokens\nAuthorization: Bearer canary\n', [A, B]))
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toContain('line 2 of the file that --rpc-header-file names')
    expect(error.hint).toContain('[host]')
  })

  it.each<[string, string]>([
    ['no header', 'Bearer canary'],
    ['no name', ': canary'],
    ['a name with a blank', 'Author ization: canary'],
    ['a blank before the colon', 'Authorization : canary'],
    ['no value', 'Canary:'],
    ['a control character', 'A: canary\u0000x'],
    ['a lone carriage return, and a header behind it', 'A: canary\rB: canary'],
    ['an escape', 'A: canary\u001b[31m'],
    ['something else than ASCII', 'A: canaryé'],
    ['a line separator', 'A: canary\u2028B: canary'],
    ['a continuation', ' canary'],
    ['no host', '[canary'],
    ['a URL for a host', '[https://canary]'],
    ['two hosts', '[canary canary]'],
    ['no host at all', '[]'],
    ['a header twice', 'a: canary\nA: canary'],
    ...[
      'Host',
      'content-length',
      'Content-Type',
      'TRANSFER-ENCODING',
      'Connection',
      'Upgrade',
      'Proxy-Authorization',
    ].map((name): [string, string] => [`${name}, which is not for people to set`, `${name}: canary`]),
    ['the WebSocket’s own', 'Sec-WebSocket-Key: canary'],
  ])('is refused by its line, and nothing of it is shown: %s', async (_, text) => {
    const error = await refusalOf(with_(`# first\n\n${text}`))
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toMatch(/^line [34] of the file that --rpc-header-file names /)
    expect(error.hint).toBeTruthy()
  })

  it('keeps every value from messages, and its parts', async () => {
    const { secrets } = await resolve(with_('[b.example]\nA: Bearer one\n[a.example]\nB: two'))
    expect(secrets).toEqual([A, 'Bearer one', 'one', 'two'])
  })

  it('is refused where others can read it', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'wcn-')), 'headers')
    writeFileSync(path, 'A: canary', { mode: 0o644 })
    const { secrets: _, ...rest } = tools({})
    const files = createFiles({ stdin: Readable.from([]) })
    const flags = { rpcUrl: [A], rpcHeaderFile: path }
    const error = await rejectedBy(resolveProviders(sourcesOf({ flags }), { ...rest, files }))
    expect(error.code).toBe('FILE_PERMISSIONS')
    chmodSync(path, 0o600)
    expect((await resolveProviders(sourcesOf({ flags }), { ...rest, files })).providers).toMatchObject([{ url: A }])
    rmSync(dirname(path), { recursive: true })
  })

  it('is looked for where a variable says', async () => {
    const given = { flags: { rpcUrl: [A] }, env: { WCN_RPC_HEADER_FILE: 'h' }, files: { h: 'A: 1' } }
    expect(await headersOf(given)).toEqual([{ A: '1' }])
    const error = await refusalOf({ ...given, files: { h: 'canary' } })
    expect(error.message).toContain('WCN_RPC_HEADER_FILE')
  })
})

describe('certificate authorities', () => {
  const given = (text: string, env: Environment = {}): Given => ({
    flags: { rpcUrl: [A], rpcCaFile: 'ca.pem' },
    env,
    files: { 'ca.pem': text, 'extra.pem': `${TEST_AUTHORITY}\n${TEST_AUTHORITY}`, 'bad.pem': 'x' },
  })
  const count = (text: string | null) => text?.match(/BEGIN CERTIFICATE/g)?.length

  it('are none unless given', async () => {
    expect((await resolve({ flags: { rpcUrl: [A] } })).certificateAuthorities).toBeNull()
  })

  it('are taken from a file, whatever stands around them', async () => {
    expect(count((await resolve(given(`My company\n${TEST_AUTHORITY}\nand so on`))).certificateAuthorities)).toBe(1)
    expect(count((await resolve(given(TEST_AUTHORITY.replaceAll('\n', '\r\n')))).certificateAuthorities)).toBe(1)
  })

  it('add to those of NODE_EXTRA_CA_CERTS, which Node would leave out', async () => {
    const settings = await resolve(given(TEST_AUTHORITY, { NODE_EXTRA_CA_CERTS: 'extra.pem' }))
    expect(count(settings.certificateAuthorities)).toBe(3)
    for (const file of ['bad.pem', 'missing.pem'])
      expect(count((await resolve(given(TEST_AUTHORITY, { NODE_EXTRA_CA_CERTS: file }))).certificateAuthorities)).toBe(
        1,
      )
  })

  it.each([
    ['nothing', ''],
    ['text', 'canary'],
    ['a key', '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----'],
    ['what is called a certificate', '-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----'],
    ['one that is cut', TEST_AUTHORITY.slice(0, 300)],
    ['a good one and a bad one', `${TEST_AUTHORITY}\n-----BEGIN CERTIFICATE-----\nY2Fu\n-----END CERTIFICATE-----`],
  ])('are refused where the file holds %s', async (_, text) => {
    const error = await refusalOf(given(text))
    expect(error.code).toBe('SETTING_INVALID')
    expect(error.message).toContain('the file that --rpc-ca-file names holds no certificate')
  })
})

describe('the proxy', () => {
  const proxiesOf = async (environment: Environment, rpcUrl = [A, B, C]) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    return resolve({ flags: { rpcUrl }, env: environment })
  }
  const namesOf = async (environment: Environment) => (await proxiesOf(environment)).providers.map(({ proxy }) => proxy)
  const P = 'http://proxy.example:3128'

  it.each<[string, Environment, (string | null)[]]>([
    ['none', {}, [null, null, null]],
    ['for https and wss', { HTTPS_PROXY: P }, [P, P, null]],
    ['in lower case', { https_proxy: P }, [P, P, null]],
    ['for http', { HTTP_PROXY: P }, [null, null, P]],
    ['for all', { ALL_PROXY: P }, [P, P, P]],
    ['not for some', { all_proxy: P, NO_PROXY: '127.0.0.1,.example' }, [null, null, null]],
    ['not for one port', { ALL_PROXY: P, no_proxy: 'b.example:8443' }, [P, null, P]],
    ['not at all', { ALL_PROXY: P, NO_PROXY: '*' }, [null, null, null]],
    ['without a scheme', { HTTPS_PROXY: 'proxy.example:3128' }, [P, P, null]],
    ['by https', { HTTPS_PROXY: 'https://proxy.example' }, ['https://proxy.example', 'https://proxy.example', null]],
    ['an empty one', { HTTPS_PROXY: '' }, [null, null, null]],
  ])('%s', async (_, environment, proxies) => expect(await namesOf(environment)).toEqual(proxies))

  it('may hold credentials, which are kept from messages', async () => {
    const url = `http://me:${TOKEN}@proxy.example:3128`
    const { providers, secrets } = await proxiesOf({ HTTPS_PROXY: url }, [A])
    expect(providers[0]?.proxy).toBe(url)
    expect(secrets).toContain(url)
  })

  it.each(['socks5://canary:1', 'http://', 'http://u%zz:canary@proxy.example', '::canary::'])(
    '%s is none that can be used',
    async (url) => {
      const error = await rejectedBy(proxiesOf({ HTTPS_PROXY: url }, [A]))
      expect(error.code).toBe('SETTING_INVALID')
      expect(error.message).toBe('HTTPS_PROXY or ALL_PROXY is not the URL of a proxy for a.example')
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('canary')
    },
  )
})
