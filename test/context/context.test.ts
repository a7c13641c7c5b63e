import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { plainPaint } from '../../src/cli/paint.js'
import { run as add, type Input } from '../../src/context/context-add.js'
import { run as list } from '../../src/context/context-list.js'
import { run as remove } from '../../src/context/context-remove.js'
import { run as use } from '../../src/context/context-use.js'
import { contextAddText, contextListText, contextRemoveText, contextUseText } from '../../src/context/view.js'
import type { ContextsDocument } from '../../src/settings/contexts.js'
import { parseContexts } from '../../src/settings/contexts.js'
import { sandbox } from '../support/cli.js'
import { memoryContexts } from '../support/memory-contexts.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'

const box = sandbox()
afterAll(box.remove)

const ADDRESS = '0x5f304828A451158E44Dfd584fbDe3e6af592c2f5'
const KEY = 'c0ffee'.padEnd(64, '1')
const TOKEN = 'canarycanary'

const PLAIN: ContextsDocument = {
  current: 'eu',
  contexts: { eu: { contract_address: ADDRESS }, na: { contract_address: `0x${'12'.repeat(20)}` } },
}

function world(document?: ContextsDocument) {
  const contexts = memoryContexts(document)
  return { services: testServices({ contexts }), contexts }
}
/** As the command line gives them: by names of flags. */
const adding = (flags: Record<string, unknown>, document?: ContextsDocument) => {
  const { services, contexts } = world(document)
  return { done: add(services, { name: 'eu', contractAddress: ADDRESS, ...flags } as Input), services, contexts }
}

describe('context add', () => {
  it('keeps everything it is given, with absolute paths', async () => {
    for (const name of ['h', 'ca', 'enc', 'ks', 'pw', 'node']) writeFileSync(box.path(name), '')
    const { done, services, contexts } = adding({
      contractAddress: ADDRESS.toLowerCase(),
      chainId: '31337',
      rpcUrl: [`wss://a.example/${TOKEN}`, 'https://b.example/x,y'],
      rpcQuorum: '1',
      rpcHeaderFile: box.path('h'),
      rpcCaFile: box.path('ca'),
      encryptionKeyFile: box.path('enc'),
      keystore: box.path('ks'),
      passwordFile: 'pw',
      nodeKeyFile: box.path('node'),
      operator: ADDRESS.slice(2).toLowerCase(),
    })
    expect((await done).data).toEqual({ name: 'eu', current: true, replaced: false, file: contexts.path })
    expect(contexts.document).toEqual({
      current: 'eu',
      contexts: {
        eu: {
          contract_address: ADDRESS,
          chain_id: 31337,
          rpc_urls: [`wss://a.example/${TOKEN}`, 'https://b.example/x,y'],
          rpc_quorum: 1,
          rpc_header_file: box.path('h'),
          rpc_ca_file: box.path('ca'),
          encryption_key_file: box.path('enc'),
          keystore: box.path('ks'),
          password_file: join(process.cwd(), 'pw'),
          node_key_file: box.path('node'),
          operator: ADDRESS,
        },
      },
    })
    // What it makes can be read again.
    const text = JSON.stringify({ type: 'wcn-contexts', version: 1, ...contexts.document })
    expect(parseContexts(Buffer.from(text), 'x')).toEqual(contexts.document)
    expect(services.said).toEqual([`warning: there is no ${join(process.cwd(), 'pw')} yet`])
  })

  it('takes URLs from a file as well, which others can not read', async () => {
    writeFileSync(box.path('urls'), `wss://a.example/${TOKEN}\nwss://b.example\n`, { mode: 0o600 })
    const { done, contexts } = adding({ rpcUrl: ['https://c.example'], rpcUrlFile: box.path('urls') })
    await done
    expect(contexts.document.contexts.eu).toMatchObject({
      rpc_urls: ['https://c.example', `wss://a.example/${TOKEN}`, 'wss://b.example'],
    })
    writeFileSync(box.path('open'), 'wss://a.example', { mode: 0o644 })
    expect(await rejectedBy(adding({ rpcUrlFile: box.path('open') }).done)).toMatchObject({ code: 'FILE_PERMISSIONS' })
  })

  it('makes the first one the current one, and others when asked to', async () => {
    const named = (name: string, flags: object, document: ContextsDocument) => adding({ name, ...flags }, document)
    const none = { current: null, contexts: {} }
    expect((await named('eu', {}, none).done).data.current).toBe(true)
    const second = named('ap', {}, PLAIN)
    expect((await second.done).data.current).toBe(false)
    expect(second.contexts.document.current).toBe('eu')
    const third = named('ap', { use: true }, PLAIN)
    expect((await third.done).data.current).toBe(true)
    expect(third.contexts.document).toMatchObject({ current: 'ap', contexts: PLAIN.contexts })
    // None was current, on purpose: adding does not change that.
    const after = named('ap', {}, { ...PLAIN, current: null })
    expect((await after.done).data.current).toBe(false)
  })

  it('replaces all of one with --force only', async () => {
    const refused = adding({ chainId: '1' }, PLAIN)
    expect(await rejectedBy(refused.done)).toMatchObject({
      code: 'FILE_EXISTS',
      hint: expect.stringContaining('--force'),
    })
    expect(refused.contexts.document).toBe(PLAIN)
    const forced = adding(
      { chainId: '1', force: true },
      { ...PLAIN, contexts: { eu: { contract_address: 'x', keystore: '/k' } } },
    )
    expect((await forced.done).data).toMatchObject({ replaced: true, current: true })
    expect(forced.contexts.document.contexts.eu).toEqual({ contract_address: ADDRESS, chain_id: 1 })
  })

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no contract', { contractAddress: undefined }, 'USAGE', '--contract-address'],
    ['a bad contract', { contractAddress: '0x12' }, 'ADDRESS_INVALID', '--contract-address'],
    ['a contract with a wrong letter', { contractAddress: ADDRESS.replace('A4', 'a4') }, 'ADDRESS_INVALID', 'EIP-55'],
    ['a bad chain', { chainId: 'ten' }, 'SETTING_INVALID', '--chain-id'],
    ['a bad URL', { rpcUrl: [`ftp://x/${TOKEN}`] }, 'SETTING_INVALID', '--rpc-url'],
    [
      'a URL twice',
      { rpcUrl: ['https://a.example/canary', 'https://a.example/canary/'] },
      'SETTING_INVALID',
      'a.example',
    ],
    ['a bad quorum', { rpcUrl: ['https://a'], rpcQuorum: '2' }, 'SETTING_INVALID', '--rpc-quorum'],
    ['a quorum of nobody', { rpcQuorum: '1' }, 'USAGE', '--rpc-quorum means nothing without --rpc-url'],
    ['headers for nobody', { rpcHeaderFile: 'h' }, 'USAGE', '--rpc-header-file means nothing without --rpc-url'],
    ['authorities for nobody', { rpcCaFile: 'h' }, 'USAGE', '--rpc-ca-file means nothing without --rpc-url'],
    ['a password for nothing', { passwordFile: 'p' }, 'USAGE', '--password-file means nothing without --keystore'],
    ['two keys', { privateKeyFile: 'a', keystore: 'b' }, 'USAGE', 'both --private-key-file and --keystore'],
    ['a bad operator', { operator: 'me' }, 'ADDRESS_INVALID', '--operator'],
    ['a key for an operator', { operator: KEY }, 'ADDRESS_INVALID', '--operator'],
    ['a key for a contract', { contractAddress: `0x${KEY}` }, 'ADDRESS_INVALID', '--contract-address'],
    ['an empty value', { keystore: '' }, 'SETTING_INVALID', '--keystore'],
    ...['private-key-file', 'encryption-key-file', 'keystore', 'password-file', 'rpc-header-file'].flatMap(
      (flag): [string, Record<string, unknown>, string, string][] => {
        const name = flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
        return [
          [`a key for --${flag}`, { [name]: KEY }, 'SETTING_INVALID', `--${flag} looks like a key`],
          [`0x and a key for --${flag}`, { [name]: `0x${KEY}` }, 'SETTING_INVALID', `--${flag} looks like a key`],
          [
            `base64 for --${flag}`,
            { [name]: Buffer.from(KEY, 'hex').toString('base64') },
            'SETTING_INVALID',
            `--${flag}`,
          ],
          [`stdin for --${flag}`, { [name]: '-' }, 'SETTING_INVALID', `--${flag} is -`],
        ]
      },
    ),
    ['a bad name', { name: 'E U' }, 'USAGE', '"E U" is no name'],
    ['a name that is a path', { name: '../eu' }, 'USAGE', 'is no name'],
    ['a key for a name', { name: KEY.slice(0, 62) }, 'USAGE', 'is no name'],
  ])('refuses %s, and changes nothing', async (_, flags, code, part) => {
    const { done, contexts } = adding(flags, PLAIN)
    const error = await rejectedBy(done)
    expect(error.code).toBe(code)
    expect(error.message).toContain(part)
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toMatch(/c0ffee|canary|wP\/u/)
    expect(contexts.document).toBe(PLAIN)
  })

  it('tells people what is next', async () => {
    const { data } = await adding({ name: 'ap' }, PLAIN).done
    expect(contextAddText(data, plainPaint)).toBe(
      'added ap in /somewhere/contexts.json\n\nnext: use it, or only now and then with --context ap\n      wcn context use ap\n',
    )
    expect(contextAddText({ ...data, current: true, replaced: true }, plainPaint)).toMatch(
      /^replaced ap .*\nit is the current one\n$/,
    )
  })
})

describe('context use', () => {
  it('makes one the current one', async () => {
    const { services, contexts } = world(PLAIN)
    const { data } = await use(services, { name: 'na' })
    expect(data).toEqual({ current: 'na', before: 'eu' })
    expect(contexts.document).toEqual({ ...PLAIN, current: 'na' })
    expect(contextUseText(data, plainPaint)).toBe('na is the current one, no longer eu\n')
    expect(contextUseText({ current: 'na', before: null }, plainPaint)).toBe('na is the current one\n')
    expect(contextUseText({ current: 'na', before: 'na' }, plainPaint)).toContain('nothing to do')
  })
})

describe('WCN_CONTEXT, which comes before the current one', () => {
  const exporting = (exported: string | null) => testServices({ contexts: memoryContexts(PLAIN, exported) })
  const said = async (exported: string | null, run: (services: ReturnType<typeof exporting>) => Promise<unknown>) => {
    const services = exporting(exported)
    await run(services)
    return services.said
  }
  const adds = { name: 'ap', contractAddress: ADDRESS } as Input

  it('is pointed out where that matters', async () => {
    const warned = [expect.stringMatching(/^warning: WCN_CONTEXT is "na", which comes before the current one/)]
    expect(await said('na', (services) => use(services, { name: 'eu' }))).toEqual(warned)
    expect(await said('na', (services) => list(services))).toEqual(warned)
    expect(await said('na', (services) => add(services, { ...adds, use: true }))).toEqual(warned)
  })

  it('is not where it changes nothing', async () => {
    expect(await said('na', (services) => use(services, { name: 'na' }))).toEqual([])
    expect(await said('eu', (services) => list(services))).toEqual([])
    expect(await said('na', (services) => add(services, adds))).toEqual([])
    for (const run of [list, (services: ReturnType<typeof exporting>) => use(services, { name: 'na' })])
      expect(await said(null, run)).toEqual([])
  })
})

describe('context remove', () => {
  it('forgets one, and says when it was the current one', async () => {
    const { services, contexts } = world(PLAIN)
    const first = await remove(services, { name: 'na' })
    expect(first.data).toEqual({ removed: 'na', current: 'eu', was_current: false })
    expect(contextRemoveText(first.data, plainPaint)).toBe('removed na; the files that it names are where they were\n')
    const second = await remove(services, { name: 'eu' })
    expect(second.data).toEqual({ removed: 'eu', current: null, was_current: true })
    expect(contextRemoveText(second.data, plainPaint)).toContain('it was the current one')
    expect(contexts.document).toEqual({ current: null, contexts: {} })
  })
})

it.each([use, remove])('one that is not there is named with those that are', async (run) => {
  for (const name of ['ap', 'constructor', KEY]) {
    const { services, contexts } = world(PLAIN)
    const error = await rejectedBy(run(services, { name }))
    expect(error).toMatchObject({ code: 'SETTING_INVALID', hint: 'there are eu, na' })
    expect(error.message).not.toContain('c0ffee')
    expect(contexts.document).toBe(PLAIN)
  }
})

describe('context list', () => {
  const document: ContextsDocument = {
    current: 'eu',
    contexts: {
      sa: { contract_address: ADDRESS, private_key_file: '/op.key', operator: ADDRESS },
      eu: {
        contract_address: ADDRESS,
        chain_id: 10,
        rpc_urls: [`wss://user:${TOKEN}@a.example/v2/${TOKEN}?k=${TOKEN}`, TOKEN],
        rpc_quorum: 1,
        keystore: '/home/\u001b[2Jop.json',
        encryption_key_file: '/enc.key',
      },
      ap: { contract_address: ADDRESS, operator: ADDRESS },
    },
  }

  it('shows each by its name, with the hosts of its providers only', async () => {
    const { data } = await list(world(document).services)
    expect(data.contexts.map(({ name, current }) => [name, current])).toEqual([
      ['ap', false],
      ['eu', true],
      ['sa', false],
    ])
    expect(data.contexts[1]).toEqual({
      name: 'eu',
      current: true,
      contract_address: ADDRESS,
      chain_id: 10,
      rpc_hosts: ['a.example', null],
      rpc_quorum: 1,
      keystore: '/home/\u001b[2Jop.json',
      encryption_key_file: '/enc.key',
    })
    expect(JSON.stringify(data)).not.toContain(TOKEN)
  })

  it('has a table for people', async () => {
    const text = contextListText((await list(world(document).services)).data, plainPaint)
    expect(text).toMatch(
      /^\* +eu +0x5f\w+ +10 +a\.example, not a URL \(1 must agree\) +\/home\/\\u\{1b\}\[2Jop\.json +\/enc\.key$/m,
    )
    expect(text).toMatch(new RegExp(`^ +ap +.* nobody; reads as ${ADDRESS} +-$`, 'm'))
    expect(text).toMatch(/^ +sa +.* \/op\.key +-$/m)
    expect(contextListText({ contexts: [] }, plainPaint)).toContain('wcn context add')
  })
})
