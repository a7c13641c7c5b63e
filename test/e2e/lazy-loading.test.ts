/** Light commands load little: which packages a run loaded is read from the engine's own coverage report. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { sandbox, wcn } from '../support/cli.js'

const HEAVY = /node_modules\/(viem|ox|abitype|zod|inquirer|@inquirer|@libp2p|multiformats|yaml|ws)\//
const work = sandbox()
afterAll(work.remove)

interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>
}

const { outputs } = JSON.parse(readFileSync(new URL('../../dist/meta.json', import.meta.url), 'utf8')) as Metafile

/** Source files, packages included, that a run of the tool loaded. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = work.path(args.join('-').replace(/\W/g, '_'))
  mkdirSync(folder)
  const { code, stderr } = await wcn(args, { env: { NODE_V8_COVERAGE: folder } })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const [report = ''] = readdirSync(folder)
  const { result } = JSON.parse(readFileSync(`${folder}/${report}`, 'utf8')) as { result: readonly { url: string }[] }
  const files = new Set(result.flatMap(({ url }) => /\/dist\/.*/.exec(url)?.[0].slice(1) ?? []))
  return Object.entries(outputs).flatMap(([file, { inputs }]) => (files.has(file) ? Object.keys(inputs) : []))
}

describe.each([
  ['wcn --version', ['--version']],
  ['wcn --help', ['--help']],
  ['wcn nodes update --help', ['nodes', 'update', '--help']],
  ['wcn key generate', ['key', 'generate']],
])('%s', (_, args) => {
  it('loads no library that it does not need', async () => {
    const loaded = await loadedBy(args)
    expect(loaded).toContain('src/main.ts')
    expect(loaded.filter((file) => HEAVY.test(file))).toEqual([])
  })
})
