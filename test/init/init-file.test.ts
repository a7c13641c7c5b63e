/** What `wcn init` was told, as its two files hold it. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answerAt,
  answersFrom,
  answersIn,
  formatInitState,
  type InitState,
  isFileAnswer,
  parseAnswersFile,
  parseInitState,
  STEP_IDS,
  stepAsking,
} from '../../src/init/init-file.js'
import { thrownBy } from '../support/thrown.js'

const text = fc.string({ minLength: 1, unit: 'binary' }).filter((value) => !/[{]|^-----|^[0-9a-fA-Fx]{40,}/.test(value))
const service = { primary_port: fc.integer({ min: 1, max: 65535 }), secret_key_file: text, peer_id: text, host: text }
const answers = fc.record(
  {
    region: fc.constantFrom('eu', 'na', 'sa', 'ap'),
    contract_address: text,
    chain_id: fc.nat(),
    operator: text,
    keystore: text,
    database: fc.record({ address: text, ...service }, { requiredKeys: ['address'] }),
    nodes: fc.array(fc.record({ name: text, primary: fc.boolean(), ...service }, { requiredKeys: ['name'] }), {
      minLength: 1,
    }),
    formats: fc.array(fc.constantFrom('env', 'compose'), { minLength: 1 }),
    images: fc.record({ tag: text }),
    proofs: fc.array(text, { minLength: 1 }),
    name: text,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<InitState['answers']>

it('a state comes back as it was', () => {
  fc.assert(
    fc.property(answers, fc.subarray([...STEP_IDS]), (given, done) => {
      const state = { answers: given, done }
      expect(parseInitState(formatInitState(state), 'wcn-init.json')).toEqual(state)
    }),
  )
})

it('answers taken apart and put together again are the same', () => {
  fc.assert(
    fc.property(answers, (given) => {
      const leaves = answersIn(given)
      expect(answersFrom(leaves)).toEqual(given)
      for (const [path, value] of leaves) expect(answerAt(given, path)).toEqual(value)
    }),
  )
})

describe('a file of answers', () => {
  it.each([
    ['region: eu\nregoin: na\n', 'answers.yaml:2: regoin: unknown key'],
    ['region: europe\n', 'answers.yaml:1: region: must be "eu"'],
    ['nodes:\n  - name: a\n    ip: 1.2.3.4\n', 'answers.yaml:3: nodes[0].ip: unknown key'],
    ['formats: [compose, helm]\n', 'answers.yaml:1: formats[1]'],
    ['formats: []\n', 'names no format'],
    ['database:\n  secret_key_file: 0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA=\n', 'looks like a key'],
    ['a: [1\n', 'answers.yaml:'],
    ['', 'is empty'],
    ['{}', 'holds no answer'],
  ])('that is wrong is refused with the line: %j', (content, sentence) => {
    const error = thrownBy(() => parseAnswersFile(content, 'answers.yaml'))
    expect(error).toMatchObject({ code: 'DOCUMENT_INVALID', message: expect.stringContaining(sentence) })
    expect(error.message).not.toContain('0vr7')
  })

  it('is documented as it is read', () => {
    const page = readFileSync(new URL('../../docs/init.md', import.meta.url), 'utf8')
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
    const { answers: documented } = parseAnswersFile(example, 'docs/init.md')
    expect(documented).toMatchObject({ region: 'eu', formats: ['compose', 'prometheus'] })
    for (const step of STEP_IDS) expect(page).toContain(`\`${step}\``)
  })

  it('says where an answer stands', () => {
    const { where } = parseAnswersFile('region: eu\nnodes:\n  - name: a\n', 'answers.yaml')
    expect(where(['nodes', 0, 'name'])).toBe('answers.yaml:3: nodes[0].name')
  })
})

it('a state has no place for a URL', () => {
  const state = JSON.stringify({ type: 'wcn-init', version: 1, answers: { rpc_url: 'wss://x' }, done: [] })
  expect(thrownBy(() => parseInitState(state, 'wcn-init.json'))).toMatchObject({ code: 'JOURNAL_INVALID' })
})

it.each([
  [['chain_id'], 'cluster', false],
  [['keystore'], 'operator', true],
  [['encryption_key_file'], 'encryption', true],
  [['nodes', 1, 'secret_key_file'], 'keys', true],
  [['nodes', 1, 'ipv4_addr'], 'addresses', false],
  [['database', 'env', 'LOG_LEVEL'], 'addresses', false],
  [['nodes', 0, 'host'], 'files', false],
  [['kubernetes', 'exposure'], 'files', false],
  [['rpc_url_file'], 'provider', true],
  [['proofs'], 'register', true],
] as const)('%j is asked by step %s', (path, step, isFile) => {
  expect(stepAsking(path)).toBe(step)
  expect(isFileAnswer(path)).toBe(isFile)
})
