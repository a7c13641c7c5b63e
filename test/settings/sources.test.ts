import { describe, expect, it } from 'vitest'
import type { ContextInUse } from '../../src/settings/contexts.js'
import { CONTRACT_ADDRESS, HEADER_FILE, OPERATOR, type Setting, SIGNERS } from '../../src/settings/settings-table.js'
import { createSources, type Environment, type Flags } from '../../src/settings/sources.js'
import { envFileOf } from '../support/settings.js'
import { sentenceOf, thrownBy } from '../support/thrown.js'

const NAMES: Setting = {
  kind: 'name',
  name: 'tone',
  title: 'the tone',
  flags: ['tone', 'oldTone'],
  variables: ['WCN_TONE', 'TONE'],
}

function sources({ flags = {}, env = {}, file }: { flags?: Flags; env?: Environment; file?: string }) {
  return createSources(flags, env, envFileOf(file))
}
const find = (from: Parameters<typeof sources>[0]) => {
  const found = sources(from).find(NAMES)
  return found && { value: found.value, source: found.source }
}

describe('who wins', () => {
  const all = { flags: { tone: 'flag' }, env: { WCN_TONE: 'env' }, file: 'WCN_TONE=file' }

  it('a flag before everything, even before two sources that contradict each other', () => {
    expect(find(all)).toEqual({ value: 'flag', source: '--tone' })
  })

  it('the environment before nothing else but silence', () => {
    expect(find({ env: all.env })).toEqual({ value: 'env', source: 'WCN_TONE' })
  })

  it('the env file where nothing is exported', () => {
    expect(find({ file: all.file })).toEqual({ value: 'file', source: 'WCN_TONE in my.env' })
  })

  it('nothing where nothing is set', () => {
    expect(find({})).toBeNull()
    expect(find({ file: 'OTHER=1' })).toBeNull()
  })

  it('the environment and the env file may agree', () => {
    expect(find({ env: { TONE: 'same' }, file: 'WCN_TONE=same' })).toEqual({ value: 'same', source: 'TONE' })
  })

  it('each alias counts', () => {
    expect(find({ flags: { oldTone: 'x' } })).toEqual({ value: 'x', source: '--old-tone' })
    expect(find({ env: { TONE: 'x' } })).toEqual({ value: 'x', source: 'TONE' })
    expect(find({ file: 'TONE=x' })).toEqual({ value: 'x', source: 'TONE in my.env' })
  })
})

describe('contradictions name both sides and neither value', () => {
  it.each([
    ['two flags', { flags: { tone: 'uno', oldTone: 'due' } }, '--tone', '--old-tone'],
    ['two variables', { env: { WCN_TONE: 'uno', TONE: 'due' } }, 'WCN_TONE', 'TONE'],
    ['two lines', { file: 'WCN_TONE=uno\nTONE=due' }, 'WCN_TONE in my.env', 'TONE in my.env'],
    ['a variable and the file', { env: { WCN_TONE: 'uno' }, file: 'WCN_TONE=due' }, 'WCN_TONE', 'my.env'],
    ['that by another name', { env: { TONE: 'uno' }, file: 'WCN_TONE=due' }, 'TONE', 'WCN_TONE in my.env'],
  ])('%s', (_, from, one, other) => {
    const error = thrownBy(() => find(from))
    expect(error.code).toBe('SETTINGS_CONFLICT')
    expect(error.message).toContain(one)
    expect(error.message).toContain(other)
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toMatch(/uno|due/)
  })

  it('the same value twice is none', () => {
    expect(find({ env: { WCN_TONE: 'x', TONE: 'x' } })?.value).toBe('x')
  })
})

describe('empty values', () => {
  it('an empty variable is not set, exported or in the file', () => {
    expect(find({ env: { WCN_TONE: '' } })).toBeNull()
    expect(find({ env: { WCN_TONE: '', TONE: 'x' } })?.source).toBe('TONE')
    expect(find({ env: { WCN_TONE: '' }, file: 'WCN_TONE=x' })?.source).toBe('WCN_TONE in my.env')
    expect(find({ env: { WCN_TONE: 'x' }, file: 'WCN_TONE=' })?.source).toBe('WCN_TONE')
  })

  it('an empty flag is a mistake: nothing else may win in its place', () => {
    expect(sentenceOf(() => find({ flags: { tone: '' }, env: { WCN_TONE: 'x' } }))).toMatch(/^SETTING_INVALID: --tone /)
  })

  it('flags that are no text are not values', () => {
    expect(find({ flags: { tone: true } })).toBeNull()
  })
})

describe('a setting with several values', () => {
  const LIST = { ...NAMES, variables: ['WCN_TONE', 'TONE', 'WCN_TONES'], list: 'WCN_TONES' }
  const values = (from: Parameters<typeof sources>[0]) => {
    const { values, source } = sources(from).require(LIST)
    return { values, source }
  }

  it('comes from a flag that is repeated, or one that is not', () => {
    expect(values({ flags: { tone: ['a b', 'c'] } })).toEqual({ values: ['a b', 'c'], source: '--tone' })
    expect(values({ flags: { tone: 'a' } }).values).toEqual(['a'])
    expect(values({ flags: { tone: [] }, env: { TONE: 'x' } }).values).toEqual(['x'])
  })

  it('comes from a variable that holds several; the others hold one', () => {
    expect(values({ env: { WCN_TONES: ' a, b\tc' } })).toEqual({ values: ['a', 'b', 'c'], source: 'WCN_TONES' })
    expect(values({ env: { WCN_TONE: 'a, b' } }).values).toEqual(['a, b'])
    expect(values({ file: 'WCN_TONES="a b"' })).toEqual({ values: ['a', 'b'], source: 'WCN_TONES in my.env' })
  })

  it('is compared as a whole, in its order', () => {
    expect(values({ env: { WCN_TONES: 'a,b' }, file: 'WCN_TONES="a b"' }).values).toEqual(['a', 'b'])
    for (const from of [
      { env: { WCN_TONES: 'a,b', TONE: 'a' } },
      { env: { WCN_TONES: 'a,b' }, file: 'WCN_TONES=b,a' },
      { flags: { tone: ['a'], oldTone: ['a', 'b'] } },
    ])
      expect(thrownBy(() => values(from)).code).toBe('SETTINGS_CONFLICT')
  })

  it('is as empty as each of its values', () => {
    expect(sentenceOf(() => values({ flags: { tone: ['a', ''] } }))).toMatch(/^SETTING_INVALID: --tone /)
    expect(sentenceOf(() => values({ env: { WCN_TONES: ' ,' } }))).toBe('SETTING_MISSING: the tone is not set')
  })

  it('is its first value to whom wants one', () => {
    expect(find({ flags: { tone: ['a', 'b'] } })).toEqual({ value: 'a', source: '--tone' })
  })
})

it('a missing setting is named with every way to set it', () => {
  const error = thrownBy(() => sources({}).require(NAMES))
  expect(error.code).toBe('SETTING_MISSING')
  expect(error.message).toBe('the tone is not set')
  expect(error.hint).toBe('set --tone or --old-tone or WCN_TONE or TONE')
})

describe('env files', () => {
  it.each([
    ['plain', 'TONE=a b', 'a b'],
    ['quoted', `TONE='a "b" #c'`, 'a "b" #c'],
    ['exported', 'export  TONE=x', 'x'],
    ['with white space around', '  TONE = x  ', 'x'],
    ['quoted, with a comment behind', 'TONE="x" # "y"', 'x'],
    ['with a # inside', 'TONE=x#y', 'x#y'],
    ['with a comment behind', 'TONE=x # y', 'x'],
    ['after a comment, an indented one and empty lines', '# a\n\n   # b\nTONE=x', 'x'],
    ['with Windows line ends', 'OTHER=1\r\nTONE="x"\r\n', 'x'],
    ['after a byte order mark', '\uFEFFTONE=x', 'x'],
    ['with an equals sign inside', 'TONE=a=b', 'a=b'],
    ['beside names that objects have anyway', 'toString=1\n__proto__=2\nTONE=x', 'x'],
  ])('%s', (_, file, value) => expect(find({ file })?.value).toBe(value))

  it.each([
    ['a line without =', 'OTHER=1\nTONE canary\nTONE=x', 'my.env:2 '],
    ['a YAML line', 'TONE: canary\nWCN_TONE=x', 'my.env:1 '],
    ['a line without a name', '=canary\nTONE=x', 'my.env:1 '],
    ['a second value', 'TONE=x\nTONE=canary', 'my.env:2 '],
    ['a quote that is never closed', 'TONE="canary\nWCN_TONE=x', 'my.env:1: '],
  ])('%s is refused by its number, and nothing of it is shown', (_, file, place) => {
    const error = thrownBy(() => find({ file }))
    expect(error.code).toBe('DOCUMENT_INVALID')
    expect(error.message).toContain(place)
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('canary')
  })
})

describe('a deployment description', () => {
  const says = (name: string, value: string) => ({
    [name]: { values: [value] as const, source: `${name} in deployment.yaml` },
  })
  const given = (name: string, value: string, env: Environment = {}, flags: Flags = {}, values = {}) =>
    createSources(
      flags,
      env,
      null,
      { name: 'eu', askedBy: null, values: values as ContextInUse['values'] },
      says(name, value),
    )

  it('comes last', () => {
    expect(given('tone', 'described').find(NAMES)?.source).toBe('tone in deployment.yaml')
    expect(given('tone', 'described', { TONE: 'set' }).find(NAMES)?.source).toBe('TONE')
    expect(given('tone', 'described', {}, {}, { tone: 'kept' }).find(NAMES)?.source).toBe('tone of context eu')
  })

  it('is for one cluster and one operator, and a flag alone means another operator', () => {
    const [one, other] = [`0x${'1'.repeat(40)}`, `0x${'2'.repeat(40)}`]
    for (const [env, flags] of [
      [{ SMART_CONTRACT_ADDRESS: other }, {}],
      [{}, { contractAddress: other }],
    ])
      expect(thrownBy(() => given('contract_address', one, env, flags).find(CONTRACT_ADDRESS)).code).toBe(
        'SETTINGS_CONFLICT',
      )
    expect(given('contract_address', one, { SMART_CONTRACT_ADDRESS: one.slice(2) }).find(CONTRACT_ADDRESS)).toBeTruthy()
    expect(() => given('operator', one, { WCN_OPERATOR: other }).find(OPERATOR)).toThrow('contradicts WCN_OPERATOR')
    expect(given('operator', one, {}, { operator: other }).find(OPERATOR)?.value).toBe(other)
  })

  it('does not stand beside a key that is set in another form', () => {
    const { key, keystore } = SIGNERS.operator
    const found = given('private_key_file', 'operator.key', { WCN_KEYSTORE: 'k.json' }).findOne([key.file, keystore])
    expect(found?.source).toBe('WCN_KEYSTORE')
  })

  it("gets none of a context's tokens for its provider", () => {
    const values = { rpc_header_file: 'headers' }
    expect(given('rpc_urls', 'wss://described.example.com', {}, {}, values).find(HEADER_FILE)).toBeNull()
    expect(given('tone', 'x', {}, {}, values).find(HEADER_FILE)?.value).toBe('headers')
  })
})
