import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ContextsDocument,
  type ContextValues,
  chooseContext,
  formatContexts,
  isContextName,
  parseContexts,
} from '../../src/settings/contexts.js'
import { thrownBy } from '../support/thrown.js'

const ADDRESS = '0x5f304828A451158E44Dfd584fbDe3e6af592c2f5'
const KEY = 'c0ffee'.padEnd(64, '1')

const parse = (text: string) => parseContexts(Buffer.from(text), '/c/contexts.json')
const textOf = (contexts: object, more: object = {}) =>
  JSON.stringify({ type: 'wcn-contexts', version: 1, current: null, contexts, ...more })
const oneWith = (values: object) => textOf({ eu: { contract_address: ADDRESS, ...values } })

const path = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).map((text) => `/${text}`)
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const maybe = (entries: Record<string, fc.Arbitrary<unknown>>) => fc.record(entries, { requiredKeys: [] })
const values = fc
  .tuple(
    maybe({ chain_id: positive, encryption_key_file: path, operator: fc.constant(ADDRESS) }),
    fc.oneof(
      fc.constant({}),
      fc
        .tuple(
          fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 3 }),
          maybe({ rpc_quorum: positive, rpc_header_file: path, rpc_ca_file: path }),
        )
        .map(([rpc_urls, rest]) => ({ rpc_urls, ...rest })),
    ),
    fc.oneof(
      fc.constant({}),
      path.map((private_key_file) => ({ private_key_file })),
      path.map((node_key_file) => ({ node_key_file })),
      fc.tuple(path, maybe({ password_file: path })).map(([keystore, rest]) => ({ keystore, ...rest })),
    ),
  )
  .map((parts) => Object.assign({ contract_address: ADDRESS }, ...parts) as ContextValues)
const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/).filter(isContextName)
const documents = fc
  .dictionary(name, values, { maxKeys: 4 })
  .chain((contexts) =>
    fc
      .constantFrom(null, ...Object.keys(contexts))
      .map((current): ContextsDocument => ({ current, contexts: { ...contexts } })),
  )

describe('the file of contexts', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(parse(formatContexts(document))).toEqual(document)
      }),
    )
  })

  it('is laid out for people', () => {
    const text = formatContexts({ current: 'eu', contexts: { eu: { contract_address: ADDRESS } } })
    expect(text.split('\n')).toEqual([
      '{',
      '  "type": "wcn-contexts",',
      '  "version": 1,',
      '  "current": "eu",',
      '  "contexts": {',
      '    "eu": {',
      `      "contract_address": "${ADDRESS}"`,
      '    }',
      '  }',
      '}',
      '',
    ])
  })

  it.each<[string, string, string]>([
    ['nothing', '', 'not JSON'],
    ['half a file', oneWith({}).slice(0, -9), 'not JSON'],
    ['a byte order mark', `\uFEFF${oneWith({})}`, 'not JSON'],
    ['a list', '[]', 'its type is not wcn-contexts'],
    ['null', 'null', 'its type is not wcn-contexts'],
    ['another document', textOf({}, { type: 'wcn-journal' }), 'its type is not wcn-contexts'],
    ['what a newer wcn wrote', textOf({}, { version: 2, more: 1 }), 'a newer wcn wrote it (its version is 2)'],
    ['an older version', textOf({}, { version: 0 }), 'its version is not 1'],
    ['no version', textOf({}, { version: undefined }), 'its version is not 1'],
    ['an unknown field', textOf({}, { Current: 'eu' }), 'unknown field "Current"'],
    ['no contexts', textOf({}, { contexts: undefined }), 'contexts is not an object'],
    ['a list of contexts', textOf([]), 'contexts is not an object'],
    ['a current one that is not there', textOf({}, { current: 'eu' }), 'current is not the name'],
    ['a current one that every object has', textOf({}, { current: 'constructor' }), 'current is not the name'],
    ['no current one', textOf({}, { current: undefined }), 'current is not the name'],
    ['a bad name', textOf({ EU: { contract_address: ADDRESS } }), '"EU" is no name of a context'],
    ['a prototype', `{"type":"wcn-contexts","version":1,"current":null,"contexts":{"__proto__":{}}}`, 'is no name'],
    ['a key for a name', textOf({ [KEY.slice(0, 62)]: { contract_address: ADDRESS } }), 'is no name'],
    ['a context that is text', textOf({ eu: 'x' }), 'context eu: it is not an object'],
    ['a context without a contract', textOf({ eu: {} }), 'context eu: contract_address is missing'],
    ['an unknown setting', oneWith({ rpc_url: 'x' }), 'context eu: unknown field "rpc_url"'],
    ['a key', oneWith({ private_key: KEY }), 'context eu: unknown field "private_key"'],
    ['a key for a path', oneWith({ private_key_file: KEY }), 'private_key_file looks like a key'],
    ['a key for an operator', oneWith({ operator: KEY }), 'operator looks like a key'],
    ['a number for a path', oneWith({ keystore: 1 }), 'keystore is not a text'],
    ['an empty path', oneWith({ keystore: '' }), 'keystore is not a text'],
    ['a relative path', oneWith({ keystore: 'op.json' }), 'keystore is not an absolute path'],
    ['text for a number', oneWith({ chain_id: '10' }), 'chain_id is not a whole number'],
    ['nothing for a number', oneWith({ chain_id: null }), 'chain_id is not a whole number'],
    ['a fraction', oneWith({ chain_id: 1.5 }), 'chain_id is not a whole number'],
    ['zero', oneWith({ rpc_quorum: 0, rpc_urls: ['x'] }), 'rpc_quorum is not a whole number'],
    ['text for a list', oneWith({ rpc_urls: 'wss://x' }), 'rpc_urls is not a list of texts'],
    ['an empty list', oneWith({ rpc_urls: [] }), 'rpc_urls is not a list of texts'],
    ['a list of numbers', oneWith({ rpc_urls: [1] }), 'rpc_urls is not a list of texts'],
    ['headers for nobody', oneWith({ rpc_header_file: '/h' }), 'rpc_header_file means nothing without rpc_urls'],
    ['a quorum of nobody', oneWith({ rpc_quorum: 1 }), 'rpc_quorum means nothing without rpc_urls'],
    ['authorities for nobody', oneWith({ rpc_ca_file: '/h' }), 'rpc_ca_file means nothing without rpc_urls'],
    ['a password for nothing', oneWith({ password_file: '/h' }), 'password_file means nothing without keystore'],
    ['two keys', oneWith({ private_key_file: '/a', keystore: '/b' }), 'both private_key_file and keystore'],
    ['a context twice', oneWith({}).replace('"eu":{', '"eu":{"contract_address":"x"},"eu":{'), 'the same name twice'],
    ['an unusual number', oneWith({ chain_id: 10 }).replace(':10', ':1e1'), 'a number in an unusual form'],
  ])('is refused where it holds %s', (_, text, reason) => {
    const error = thrownBy(() => parse(text))
    expect(error.code).toBe('DOCUMENT_INVALID')
    expect(error.message).toContain('"/c/contexts.json"')
    expect(error.message).toContain(reason)
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('c0ffee')
  })

  it('is refused where it is not text', () => {
    const bytes = Buffer.from(oneWith({ keystore: '/x' }))
    bytes[bytes.indexOf('/x') + 1] = 0xff
    expect(thrownBy(() => parseContexts(bytes, 'x')).code).toBe('DOCUMENT_INVALID')
  })

  it('throws nothing but its own error, whatever the text', () => {
    const json = fc
      .json({ maxDepth: 4 })
      .map((text) => `{"type":"wcn-contexts","version":1,"current":null,"contexts":${text}}`)
    fc.assert(
      fc.property(fc.oneof(fc.string(), json), (text) => {
        try {
          parse(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'DOCUMENT_INVALID' })
        }
      }),
    )
  })
})

describe('which context is used', () => {
  const document: ContextsDocument = {
    current: 'eu',
    contexts: { na: { contract_address: 'x' }, eu: { contract_address: ADDRESS } },
  }

  it('is the one that is asked for, else the current one, else none', () => {
    const asked = chooseContext(document, { value: 'na', source: '--context' })
    expect(asked).toEqual({ name: 'na', askedBy: '--context', values: { contract_address: 'x' } })
    expect(chooseContext(document, null)).toMatchObject({ name: 'eu', askedBy: null })
    expect(chooseContext({ ...document, current: null }, null)).toBeNull()
  })

  it.each(['ap', 'constructor', '__proto__', 'EU', KEY])('is none of %j, which is not there', (value) => {
    const error = thrownBy(() => chooseContext(document, { value, source: 'WCN_CONTEXT' }))
    expect(error).toMatchObject({ code: 'SETTING_INVALID', hint: 'there are eu, na' })
    expect(error.message).toContain('WCN_CONTEXT')
    expect(error.message).not.toContain('c0ffee')
    const none = { current: null, contexts: {} }
    expect(thrownBy(() => chooseContext(none, { value, source: 'x' })).hint).toContain('wcn context add')
  })

  it.each(['all', 'eu,na'])('%s from the environment is told apart: that is for the flag', (value) => {
    expect(thrownBy(() => chooseContext(document, { value, source: 'WCN_CONTEXT' })).hint).toBe(
      'there are eu, na; only --context names several at once',
    )
  })
})

it.each([
  ['eu', true],
  ['0', true],
  ['eu-1.test_2', true],
  ['z'.repeat(63), true],
  ['z'.repeat(64), false],
  ['', false],
  ['-eu', false],
  ['.eu', false],
  ['e u', false],
  ['eu/na', false],
  ['Eu', false],
  ['eu\n', false],
  ['é', false],
  ['a1'.repeat(31), false],
])('%j as a name: %j', (text, expected) => expect(isContextName(text)).toBe(expected))
