/** What is published, and that it runs as npm installs it. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { cleanEnvironment, INSTALLED, sandbox } from '../support/cli.js'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const box = sandbox()
afterAll(box.remove)

const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'))

it('is the built tool, its licence and what tells how to use it', async () => {
  const env = cleanEnvironment({ npm_config_cache: box.path('npm'), npm_config_loglevel: 'silent' })
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, env })
  const [packed] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }]
  const paths = packed.files.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining([
      'bin/wcn.js',
      'dist/main.cjs',
      'LICENSE',
      'README.md',
      'docs/onboarding.md',
      '.env.example',
    ]),
  )
  const expected =
    /^(?:dist\/(?:[\w-]+\/)*[\w-]+\.c?js|dist\/THIRD-PARTY-LICENSES\.txt|bin\/(?:wcn\.js|package\.json)|LICENSE|docs\/[\w-]+\.md|README\.md|\.env\.example|package\.json)$/
  expect(paths.filter((path) => path.startsWith('dist/')).length).toBeGreaterThan(10)
  const others = paths.filter((path) => !expected.test(path))
  expect(others).toEqual([])
  const bin = packed.files.find(({ path }) => path === 'bin/wcn.js')
  expect((bin?.mode ?? 0) & 0o111).toBe(0o111)
})

it('was locked without the names of hosts', () => {
  const lock = readFileSync(`${ROOT}/package-lock.json`, 'utf8')
  const { packages } = JSON.parse(lock) as { packages: Record<string, { resolved?: string }> }
  expect(Object.values(packages).length).toBeGreaterThan(50)
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  expect(lock).not.toMatch(/https?:\/\/(?:registry|npm)\./)
})

it('runs from any folder, through the link that npm makes', async () => {
  mkdirSync(box.path('bin'))
  mkdirSync(box.path('elsewhere'))
  symlinkSync(INSTALLED, box.path('bin/wcn'))
  expect(statSync(INSTALLED).mode & 0o111).toBe(0o111)
  const env = cleanEnvironment()
  env.PATH = `${box.path('bin')}:${env.PATH}`
  const cwd = box.path('elsewhere')
  const [linked, direct, generated] = await Promise.all([
    run('wcn', ['--version'], { cwd, env }),
    run(process.execPath, [INSTALLED, '--version'], { cwd, env }),
    run('wcn', ['key', 'generate', '--json'], { cwd, env }),
  ])
  for (const { stdout, stderr } of [linked, direct])
    expect({ stdout, stderr }).toEqual({ stdout: `${version}\n`, stderr: '' })
  expect(JSON.parse(generated.stdout)).toMatchObject({ ok: true })
})
