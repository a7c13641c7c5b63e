/** What is published, and that it runs as npm installs it. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
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
    /^(?:dist\/(?:[\w-]+\/)*[\w-]+\.c?js|dist\/THIRD-PARTY-LICENSES\.txt|dist\/sbom\.cdx\.json|dist\/man\/[\w-]+\.1|bin\/(?:wcn\.js|compile-cache\.js|package\.json)|action\/action\.yml|LICENSE|docs\/[\w-]+\.md|schema\/[\w-]+\.json|README\.md|\.env\.example|package\.json)$/
  expect(paths.filter((path) => path.startsWith('dist/')).length).toBeGreaterThan(10)
  const others = paths.filter((path) => !expected.test(path))
  expect(others).toEqual([])
  const bin = packed.files.find(({ path }) => path === 'bin/wcn.js')
  expect((bin?.mode ?? 0) & 0o111).toBe(0o111)
})

describe('what it is built on', () => {
  const read = (name: string) => readFileSync(`${ROOT}/${name}`, 'utf8')
  const { components } = JSON.parse(read('dist/sbom.cdx.json')) as {
    readonly components: readonly { readonly group?: string; readonly name: string; readonly version: string }[]
  }
  const bundled = components.map(({ group, name, version }) => ({ name: group ? `${group}/${name}` : name, version }))

  it('is part of it, and not installed a second time', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'))
    expect(dependencies).toBeUndefined()
    for (const name of ['viem', 'commander', 'zod', '@noble/ed25519', 'chalk', 'inquirer', '@openzeppelin/contracts'])
      expect(bundled).toContainEqual({ name, version: devDependencies[name] })
  })

  it('comes with its licences', () => {
    const licences = read('dist/THIRD-PARTY-LICENSES.txt').split(`\n${'-'.repeat(80)}\n\n`)
    expect(licences.map((text) => /^(\S+ \S+) \(.*\)\n\n./.exec(text)?.[1]).sort()).toEqual(
      bundled.map(({ name: one, version: its }) => `${one} ${its}`).sort(),
    )
    for (const text of licences) expect(text.length, text).toBeGreaterThan(100)
  })
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
