// `npm run files-run`: of how many source files a write and a read run functions (docs/dev/performance.md), by the engine's own
// coverage of the source, each file compiled by itself. With --list: which.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { build } from 'esbuild'
import { run, wcn } from './bench/processes.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'wcn-files-run-'))
const devnet = join(folder, 'devnet.env')
const commands = [
  ['nodes', 'update', '0', '--ip-address', '127.0.0.1', '--yes'],
  ['operator', 'view', '--json'],
]

const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((path) => path.endsWith('.ts'))
await build({
  entryPoints: sources.map((path) => join(root, 'src', path)),
  outdir: join(folder, 'src'),
  format: 'esm',
  target: 'node20.19',
  define: { WCN_VERSION: '"0.0.0"' },
})
writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
writeFileSync(join(folder, 'run.js'), "await (await import('./src/main.js')).main(process.argv.slice(2))\n")
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))

try {
  await wcn(['devnet', 'up', '--detach', '--chain-only', '--out', devnet])
  const env = { ...parseEnv(readFileSync(devnet, 'utf8')), WCN_STATE_DIR: join(folder, 'state') }
  for (const words of commands) {
    const files = await filesRun(words, env)
    console.log(`${String(files.length).padStart(4)}  wcn ${words.join(' ')}`)
    if (process.argv.includes('--list')) for (const file of files) console.log(`      ${file}`)
  }
} finally {
  await wcn(['devnet', 'down', '--out', devnet])
  rmSync(folder, { recursive: true, force: true })
}

/** Those with a function that was called; loading a file is none. */
async function filesRun(words, env) {
  const coverage = join(folder, words.join('-'))
  mkdirSync(coverage)
  const { code, stderr } = await run([join(folder, 'run.js'), ...words], {
    env: { ...env, NODE_V8_COVERAGE: coverage },
  })
  if (code !== 0) throw new Error(stderr)
  const reports = readdirSync(coverage).map((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')))
  const called = reports
    .flatMap(({ result }) => result)
    .filter(
      ({ url, functions }) =>
        url.includes(`${folder}/src/`) && functions.slice(1).some(({ ranges }) => ranges[0].count > 0),
    )
  return [...new Set(called.map(({ url }) => url.slice(url.indexOf('/src/') + 1).replace(/js$/, 'ts')))].sort()
}
