/** Whatever lies in the directory: what becomes of each file, and that no secret of the old or the new ones is told. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { encodeVariable } from '../../src/deploy/model/dialects.js'
import { type PlacedFile, placeFiles, type RenderedFile } from '../../src/deploy/place-files.js'
import { renderTargetFile } from '../../src/deploy/render-target-file.js'
import { commented } from '../../src/deploy/targets/target-file.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { sandbox } from '../support/cli.js'
import { SEED } from '../support/seed.js'
import { testServices } from '../support/services.js'

const box = sandbox()
afterAll(box.remove)

type State = 'absent' | 'same' | 'older' | 'edited' | 'theirs'
const STATES: readonly State[] = ['absent', 'same', 'older', 'edited', 'theirs']
const NAMES = ['n0', 'n1', 'n2']

const base64 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const token = fc.string({ unit: fc.constantFrom(...'abcXYZ0189-_~.%$'), minLength: 12, maxLength: 60 })
const secrets = fc.record({ SECRET_KEY: base64, SMART_CONTRACT_ENCRYPTION_KEY: hex, token })
type Secrets = typeof secrets extends fc.Arbitrary<infer T> ? T : never
const target = fc.constantFrom('env', 'shell', 'k8s')

function rendered(kind: string, port: number, found: readonly Secrets[]): readonly RenderedFile[] {
  return NAMES.map((name, i) => {
    const { token: path = '', ...keys } = found[i] ?? {}
    const variables = Object.entries({
      ...keys,
      PORT: String(port),
      RPC_PROVIDER_URL: `wss://rpc.example.com/v2/${path}`,
    })
    const dialect = kind === 'shell' ? 'shell' : 'env'
    const body =
      kind === 'k8s'
        ? [{ stringData: Object.fromEntries(variables.map(([key, value]) => [key, commented(value, 'a file')])) }]
        : variables.map(([key, value]) => `# a file\n${encodeVariable(dialect, key, value)}\n`).join('')
    const path1 = kind === 'k8s' ? `secrets/wcn-node-${name}.yaml` : `wcn_node_${name}.env`
    return {
      path: path1,
      secret: true,
      text: renderTargetFile({ about: [name], body }),
      signerOf: null,
    }
  })
}

/** A fresh directory in which each file is in the state wanted. */
function lay(states: readonly State[], now: readonly RenderedFile[], before: readonly RenderedFile[]): string {
  const directory = box.path('out')
  rmSync(directory, { recursive: true, force: true })
  for (const [i, state] of states.entries()) {
    const path = `${directory}/${now[i]?.path}`
    const older = before[i]?.text ?? ''
    const text = {
      absent: null,
      same: now[i]?.text ?? '',
      older,
      edited: `${older}MINE=1\n`,
      theirs: older.replace(/^.*\n/, ''),
    }[state]
    if (text === null) continue
    mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true, mode: 0o700 })
    writeFileSync(path, text)
    chmodSync(path, 0o600)
  }
  return directory
}

const contents = (directory: string) =>
  (readdirSync(box.path('.'), { recursive: true, withFileTypes: true }) as { name: string; isFile(): boolean }[])
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
    .map((name) => [name, readFileSync(`${directory}/${name.endsWith('.yaml') ? 'secrets/' : ''}${name}`, 'utf8')])

const EXPECTED: Readonly<Record<State, PlacedFile['status']>> = {
  absent: 'written',
  same: 'unchanged',
  older: 'updated',
  edited: 'kept',
  theirs: 'updated',
}

it('each file comes out as its state says, or nothing changes at all', async () => {
  const all = fc.tuple(...NAMES.map(() => secrets))
  const states = fc.tuple(...NAMES.map(() => fc.constantFrom(...STATES)))
  await fc.assert(
    fc.asyncProperty(
      target,
      states,
      all,
      all,
      fc.boolean(),
      fc.boolean(),
      async (kind, are, old, found, force, dryRun) => {
        const [before, now] = [rendered(kind, 3010, old), rendered(kind, 4010, found)]
        const directory = lay(are, now, before)
        const start = contents(directory)
        const run = () => placeFiles(testServices(), now, { directory, force, dryRun, whole: true })
        if (!force && are.includes('theirs')) {
          await expect(run()).rejects.toMatchObject({ code: 'FILE_EXISTS' })
          expect(contents(directory)).toEqual(start)
          return
        }
        const { files, stale } = await run()
        const wanted = are.map((state) => (force && state === 'edited' ? 'updated' : EXPECTED[state]))
        expect(files.map(({ status }) => status)).toEqual(wanted)
        expect(stale).toEqual([])
        const after = new Map(contents(directory).map(([name, text]) => [name, text]))
        for (const [i, file] of now.entries()) {
          const name = file.path.replace(/.*\//, '')
          const isNew = !dryRun && wanted[i] !== 'kept'
          expect(after.get(name)).toBe(isNew ? file.text : new Map(start.map(([a, b]) => [a, b])).get(name))
          expect(files[i]?.diff === null).toBe(wanted[i] === 'written' || wanted[i] === 'unchanged')
        }
        const told = JSON.stringify(files)
        for (const one of [...old, ...found])
          for (const secret of [
            one.SECRET_KEY,
            one.SMART_CONTRACT_ENCRYPTION_KEY,
            JSON.stringify(one.token).slice(1, -1),
          ])
            expect(told).not.toContain(secret)
        if (!dryRun)
          expect((await run()).files.map(({ status }) => status)).toEqual(
            wanted.map((s) => (s === 'kept' ? s : 'unchanged')),
          )
      },
    ),
    { numRuns: 60, seed: SEED },
  )
})

it('a secret that changed is told of as changed, and nothing else is', async () => {
  await fc.assert(
    fc.asyncProperty(target, secrets, secrets, async (kind, old, found) => {
      const [before, now] = [old, found].map((one) =>
        rendered(
          kind,
          3010,
          NAMES.map(() => one),
        ),
      )
      const directory = lay(['older', 'older', 'older'], now ?? [], before ?? [])
      const { files } = await placeFiles(testServices(), now ?? [], {
        directory,
        force: false,
        dryRun: true,
        whole: true,
      })
      const changed = (files[0]?.diff ?? '')
        .split('\n')
        .slice(2)
        .filter((line) => /^[-+]/.test(line))
      const names = (sign: string) =>
        changed.filter((line) => line.startsWith(sign)).map((line) => /[A-Z_]{2,}/.exec(line)?.[0])
      const wanted = [
        'SECRET_KEY',
        'SMART_CONTRACT_ENCRYPTION_KEY',
        ...(old.token === found.token ? [] : ['RPC_PROVIDER_URL']),
      ]
      expect(names('-')).toEqual(wanted)
      expect(names('+')).toEqual(wanted)
    }),
    { numRuns: 40, seed: SEED },
  )
})

it('text of any kind in the place of a file is never taken for ours', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const now = rendered('env', 3010, [])
      const directory = lay(['absent', 'same', 'same'], now, now)
      writeFileSync(`${directory}/${now[0]?.path}`, bytes, { mode: 0o600 })
      const refused = await placeFiles(testServices(), now, {
        directory,
        force: false,
        dryRun: false,
        whole: true,
      }).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(WcnError)
      expect(refused).toMatchObject({ code: 'FILE_EXISTS' })
    }),
    { numRuns: 40, seed: SEED },
  )
})
