/**
 * Whatever a description says arrives exactly at the program that reads the emitted files, or is refused in a sentence
 * and nothing is written. From the description's text to what the reader has in its environment.
 */
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WcnError } from '../../src/errors/wcn-error.js'
import { type Sandbox, sandbox } from '../support/cli.js'
import { DESCRIPTION, putDeployment } from '../support/deployment.js'
import { containerEnvironments, type EmittedFile, emitted } from '../support/emitted.js'
import { LITERAL_READERS, SHELL_READERS, type Variables } from '../support/env-file-readers.js'
import { oddText as text } from '../support/odd-text.js'
import { SEED } from '../support/seed.js'

let box: Sandbox
beforeAll(() => {
  box = sandbox()
  putDeployment(box)
})
afterAll(() => box.remove())

const [N0, N1] = DESCRIPTION.nodes
const TARGETS = { images: { tag: '260209.1' }, kubernetes: { exposure: 'load-balancer' } }

interface Texts {
  readonly url: string
  readonly level: string
  readonly other: string
  readonly directory: string
}
const FIELDS = ['url', 'level', 'other', 'directory'] as const
const texts: fc.Arbitrary<Texts> = fc.record({
  url: text.map((one) => `wss://rpc.example.com/${one}`),
  level: text,
  other: text,
  directory: text.map((one) => `/${one}`),
})
const PLAIN: Texts = { url: 'wss://rpc.example.com', level: 'info', other: 'info', directory: '/wcn' }

const FORMATS = ['env', 'shell', 'compose', 'systemd', 'k8s'] as const
type Format = (typeof FORMATS)[number]

const described = ({ url, level, other, directory }: Texts) => ({
  ...DESCRIPTION,
  ...TARGETS,
  rpc_url: url,
  database: { ...DESCRIPTION.database, rocksdb_dir: directory, env: { LOG_LEVEL: other } },
  nodes: [
    { ...N0, env: { LOG_LEVEL: level } },
    { ...N1, primary_port: 4010, secondary_port: 4011, metrics_port: 4012 },
  ],
})

/** The rules once more, apart from the code. */
function isRefused(format: Format, field: (typeof FIELDS)[number], value: string): boolean {
  if (value === '' || /[\0\p{Cs}]/u.test(value) || (field === 'url' && value !== value.trim())) return true
  // Where the path is more than a variable, it has to be a plain one.
  if (field === 'directory' && format !== 'env' && format !== 'shell')
    return !/^(?:\/[\w.@+-]+)+\/?$/.test(value) || /\/\.{1,2}(?:\/|$)/.test(value)
  if (format === 'k8s') return false
  if (format === 'env') return /[\r\n]/.test(value) || value !== value.trim()
  return /['\r\n]|\\$|\p{Noncharacter_Code_Point}/u.test(value)
}

/** What the service has to get. */
const expected = (file: string, { url, level, other, directory }: Texts): Variables =>
  file.includes('db')
    ? { LOG_LEVEL: other, ROCKSDB_DIR: directory }
    : { RPC_PROVIDER_URL: url, ...(file.includes('n0') ? { LOG_LEVEL: level } : {}) }

/** What is carried, as files; every value that is not has been refused by itself. */
async function emitCarried(format: Format, given: Texts) {
  const carried = Object.fromEntries(
    FIELDS.map((field) => [field, isRefused(format, field, given[field]) ? PLAIN[field] : given[field]]),
  ) as unknown as Texts
  for (const field of FIELDS.filter((one) => given[one] !== carried[one])) {
    const refusal = await emitted(box, described({ ...carried, [field]: given[field] }), format)
    if (!(refusal instanceof WcnError)) throw new Error(`${format} carries a ${field}: ${JSON.stringify(given[field])}`)
    expect(refusal.code).toMatch(/^(?:VALUE_NOT_ENCODABLE|SETTING_INVALID)$/)
    expect(refusal.message).toMatch(
      field === 'directory' ? /rocksdb_dir|ROCKSDB_DIR/ : /LOG_LEVEL|rpc_url|RPC_PROVIDER/,
    )
    if (field === 'url') expect(`${refusal.message} ${refusal.hint}`).not.toContain(given.url)
  }
  const files = await emitted(box, described(carried), format)
  if (files instanceof WcnError) throw new Error(`${format} refuses ${JSON.stringify(carried)}: ${files.message}`)
  return { files, carried }
}

/** Many env files in one, each variable with its file's number in front: a reader then is one process. */
function merged(all: readonly { readonly files: readonly EmittedFile[]; readonly carried: Texts }[]) {
  const envFiles = all.flatMap(({ files, carried }) =>
    files.filter(({ path }) => path.endsWith('.env')).map((file) => ({ ...file, carried })),
  )
  return {
    text: envFiles.map((file, i) => file.text.replace(/(?<=\n)([A-Z_]+)=/g, `F${i}_$1=`)).join(''),
    names: envFiles.flatMap(({ variables }, i) => variables.map((name) => `F${i}_${name}`)).sort(),
    values: Object.fromEntries(
      envFiles.flatMap(({ path, carried }, i) =>
        Object.entries(expected(path, carried)).map(([name, value]) => [`F${i}_${name}`, value]),
      ),
    ),
  }
}

const many = fc.array(texts, { minLength: 12, maxLength: 12 })

describe('any text is carried exactly or refused', () => {
  for (const [format, readers] of [
    ['env', LITERAL_READERS],
    ['shell', SHELL_READERS],
    ['compose', SHELL_READERS],
    ['systemd', SHELL_READERS],
  ] as const) {
    it(`in the env files of ${format}: ${readers.map(({ name }) => name).join('; ')}`, async () => {
      await fc.assert(
        fc.asyncProperty(many, async (given) => {
          const all = []
          for (const one of given) all.push(await emitCarried(format, one))
          const { text: whole, names, values } = merged(all)
          writeFileSync(box.path('merged.env'), whole)
          for (const reader of readers) {
            const read = await reader.read(whole, box.path('merged.env'), box)
            expect({ reader: reader.name, names: Object.keys(read).sort() }).toEqual({ reader: reader.name, names })
            for (const [name, value] of Object.entries(values))
              expect([reader.name, name, read[name]]).toEqual([reader.name, name, value])
          }
        }),
        { numRuns: 2, seed: SEED, endOnFailure: true },
      )
    })
  }

  it('in manifests and Secrets', async () => {
    await fc.assert(
      fc.asyncProperty(many, async (given) => {
        for (const one of given) {
          const { files, carried } = await emitCarried('k8s', one)
          const environments = containerEnvironments(files)
          expect([...environments.keys()]).toEqual(['wcn-db', 'wcn-node-n0', 'wcn-node-n1'])
          for (const [name, read] of environments) expect(read).toMatchObject(expected(name, carried))
        }
      }),
      { numRuns: 2, seed: SEED, endOnFailure: true },
    )
  })
})
