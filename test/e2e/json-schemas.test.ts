/** Whoever reads JSON gets the schema that they ask for, `ok` says what the exit code says, and schema/ says the rest. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { schemas } from '../../scripts/schemas.mjs'
import { fullProgram } from '../../src/program.js'
import { SCHEMAS } from '../../src/version/version.js'
import { wcnInProcess, wcnJsonInProcess } from '../support/in-process.js'
import { requireFittingDocuments } from '../support/json-schemas.js'

const FOLDER = fileURLToPath(new URL('../../schema/', import.meta.url))
const ajv = new Ajv({ strict: true, allowUnionTypes: true })
const SHOWS_A_FAULT = { env: { RPC_PROVIDER_URL: 'no-url' } }

/** What a command line prints with this flag, wherever it stands. */
async function printed(flag: string, words: readonly string[], options = {}) {
  const runs = [await wcnInProcess([flag, ...words], options), await wcnInProcess([...words, flag], options)]
  const [first, last] = runs.map(({ code, stdout }) => ({ code, ...JSON.parse(stdout) }))
  expect(first).toEqual(last)
  return first
}

describe.each([
  ['--json', 2, false],
  ['--json=2', 2, false],
  ['--json=1', 1, true],
])('%s', (flag, schema, okBesideAFault) => {
  it('prints what is right', async () => {
    expect(await printed(flag, ['context', 'list'])).toEqual({ code: 0, schema, ok: true, data: expect.anything() })
  })

  it('prints what is not right', async () => {
    const shown = await printed(flag, ['config', 'show'], SHOWS_A_FAULT)
    expect(shown).toEqual({ code: 2, schema, ok: okBesideAFault, data: expect.anything() })
  })

  it('prints an error, of the grammar too', async () => {
    const error = { code: 'USAGE', message: expect.any(String), hint: expect.any(String), details: {} }
    expect(await printed(flag, ['context', 'lst'])).toEqual({ code: 2, schema, ok: false, error })
    expect(await printed(flag, ['key', 'inspect', 'x'])).toMatchObject({ code: 2, schema, ok: false })
  })
})

it('is the last of those that `wcn version` names', async () => {
  expect(JSON.parse((await wcnInProcess(['context', 'list', '--json'])).stdout).schema).toBe(SCHEMAS.output.at(-1))
})

it.each(['--json=3', '--json='])('%s is refused with those that there are', async (flag) => {
  const hint = 'hint: `--json` prints schema 2, `--json=1` schema 1\n'
  const stderr = `error: unknown option '${flag}'\n${hint}`
  expect(await wcnInProcess(['context', 'list', flag])).toEqual({ code: 2, stdout: '', stderr })
})

describe('schema/', () => {
  it('is made of the types of the use cases', () => {
    const made = schemas()
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(made).sort())
    for (const [name, text] of Object.entries(made)) expect(readFileSync(`${FOLDER}${name}`, 'utf8'), name).toBe(text)
  })

  it('has every command that takes --json, and no other', async () => {
    Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
    const leaves = (command: Command): readonly Command[] =>
      command.commands.length === 0 ? [command] : command.createHelp().visibleCommands(command).flatMap(leaves)
    const pathOf = (command: Command): string =>
      command.parent?.parent ? `${pathOf(command.parent)}-${command.name()}` : command.name()
    const commands = leaves(await fullProgram()).filter(({ options }) => options.some(({ long }) => long === '--json'))
    expect(readdirSync(FOLDER).sort()).toEqual(
      [...commands.map(pathOf), 'envelope', 'several-contexts'].map((name) => `${name}.json`).sort(),
    )
  })

  it('takes no field under another name, and none of another type; to it fields may be added', async () => {
    const { data } = await wcnJsonInProcess(['key', 'generate'])
    const strict = ajv.compile(JSON.parse(readFileSync(`${FOLDER}key-generate.json`, 'utf8')))
    const { peer_id, ...rest } = data
    expect(
      [data, { ...data, more: 1 }, { ...rest, peerId: peer_id }, { ...data, peer_id: 1 }].map((one) => strict(one)),
    ).toEqual([...[true, true, false, false]])
  })

  it('fails the test that sees a document without a schema, or one that does not fit', async () => {
    const document = (more: object) => `${JSON.stringify({ schema: 2, ok: true, ...more })}\n`
    const list = { nodes: [], name: 'x' }
    const fault = (args: readonly string[], text: string) =>
      requireFittingDocuments(args, text).then(() => null, String)
    expect(await fault(['--json', 'ls', 'node', 'ls'], document({ data: list }))).toMatch(/nodes-list\.json.*required/s)
    expect(await fault(['complete'], document({ data: list }))).toContain('there is no schema/complete.json')
    expect(await fault(['version'], document({}))).toContain('schema/envelope.json')
    expect(
      await fault(
        ['context', 'list'],
        document({ data: { ...(await wcnJsonInProcess(['context', 'list'])).data, more: 1 } }),
      ),
    ).toContain('"more"')
    expect(await fault(['view'], 'slot 1\n')).toBeNull()
  })
})
