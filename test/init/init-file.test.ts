/** What `wcn init` was told, as its two files hold it. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STEPS } from '../../src/init/init.js'
import {
  formatInitState,
  type InitState,
  mergedAnswers,
  parseAnswersFile,
  parseInitState,
  resolvedAnswers,
  withAnswer,
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
    fc.property(answers, fc.boolean(), (given, joined) => {
      const state = { answers: given, joined }
      expect(parseInitState(formatInitState(state), 'wcn-init.json')).toEqual(state)
    }),
  )
})

it('a state of wcn 0.1.0 is taken up, with what was done', () => {
  const old = (done: readonly string[]) =>
    JSON.stringify({ type: 'wcn-init', version: 1, answers: { region: 'eu' }, earlier: { name: 'acme' }, done })
  expect(parseInitState(old(['cluster']), 'wcn-init.json')).toEqual({ answers: { region: 'eu' }, joined: false })
  expect(parseInitState(old(['cluster', 'wait']), 'wcn-init.json')).toMatchObject({ joined: true })
})

it('an answer is put in its place, and into no other', () => {
  fc.assert(
    fc.property(answers, fc.nat(2), text, (given, place, host) => {
      const nodes = given.nodes ?? []
      const changed = withAnswer(given, ['nodes', Math.min(place, nodes.length), 'host'], host)
      const at = Math.min(place, nodes.length)
      expect(changed.nodes?.[at]).toEqual({ ...nodes[at], host })
      expect({ ...changed, nodes: changed.nodes?.filter((_, i) => i !== at) }).toEqual({
        ...given,
        nodes: nodes.filter((_, i) => i !== at),
      })
    }),
  )
})

describe('answers of a file and those that were kept', () => {
  const kept = {
    region: 'eu',
    database: { address: '10.0.0.1', primary_port: 3000 },
    nodes: [
      { name: 'a', primary: true, peer_id: 'A', ipv4_addr: '20.0.0.1' },
      { name: 'b', primary: false, peer_id: 'B' },
    ],
  } as const

  it('are one, and the file goes first', () => {
    expect(mergedAnswers(kept as never, { region: 'na', database: { address: '10.0.0.2' } })).toEqual({
      ...kept,
      region: 'na',
      database: { address: '10.0.0.2', primary_port: 3000 },
    })
  })

  it('go by the names of nodes: one that goes takes its own with it', () => {
    const given = { nodes: [{ name: 'c', primary: true }, { name: 'a', ipv4_addr: '20.0.0.9' }, {}] }
    expect(mergedAnswers(kept as never, given).nodes).toEqual([
      { name: 'c', primary: true },
      { name: 'a', primary: false, peer_id: 'A', ipv4_addr: '20.0.0.9' },
      { primary: false },
    ])
  })
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
    for (const { id } of STEPS) expect(page).toContain(`\`${id}\``)
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

it('paths of files are made absolute, and nothing else is', () => {
  const given = {
    chain_id: '10',
    keystore: 'k',
    encryption_key_file: 'e',
    nodes: [{ name: 'n', secret_key_file: 's', ipv4_addr: 'i' }],
    database: { address: 'a', env: { LOG_LEVEL: 'l' } },
    rpc_url_file: 'u',
    proofs: ['p', 'q'],
  }
  expect(resolvedAnswers(given, (path) => `/${path}`)).toEqual({
    ...given,
    keystore: '/k',
    encryption_key_file: '/e',
    nodes: [{ name: 'n', secret_key_file: '/s', ipv4_addr: 'i' }],
    rpc_url_file: '/u',
    proofs: ['/p', '/q'],
  })
})
