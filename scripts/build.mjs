// Builds src/ into dist/. Loading a module costs about a millisecond however small it is, and a library its size: so
// what runs often is bundled into few files, and all else is split, so that a command loads only what it uses.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { bundledPackages, licencesOf, sbomOf } from './bundled.mjs'
import { manPages } from './man.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const src = join(root, 'src')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/**
 * What most commands load is part of the file that loads it; all else that is loaded on demand is a file of its own:
 * a slice's actions and views, and what few commands need of the foundation.
 */
const INSIDE =
  /src\/(?:[a-z]+\/command|cli\/preview|settings\/(?!replace-contexts|described)|platform\/files\/|chain\/rpc\/http-json-rpc|base\/keys\/operator-key|signers\/address-of-key)/
/** What runs often, or has to be quick: each file is whole, at the price of holding its own copy of what it shares. */
const WHOLE = [
  'main',
  'program',
  'quick-reads',
  'cli/run-command',
  'cli/several-contexts',
  'chain/evm-chain',
  'key/key-generate',
  'key/quick-key-generate',
  'operator/operator-view',
  'overview/cluster-view',
  'nodes/nodes-list',
  'completion/complete',
  'key/view',
  'operator/view',
  'overview/view',
  'nodes/view',
  'completion/view',
].map((name) => join(src, `${name}.ts`))
/** This one holds also those that are whole themselves. */
const ALL_INSIDE = join(src, 'quick-reads.ts')

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  // The same bytes wherever node_modules is.
  preserveSymlinks: true,
  platform: 'node',
  target: 'node20.19',
  // Neither names nor lines are squeezed: a stack trace that somebody reports has to be readable.
  minifySyntax: true,
  legalComments: 'none',
  // Optional: whoever signs with AWS KMS installs it.
  external: ['@aws-sdk/client-kms'],
  metafile: true,
  write: false,
  define: { WCN_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
}
/** CommonJS, which Node starts and loads faster than ES modules; those are still reached by import(). */
const whole = {
  ...common,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: 'const __import = (path) => import(path);' },
}
const split = {
  ...common,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Packages written for CommonJS ask for Node's own modules by require(), and try whether optional ones are there. Not
  // createRequire(): its import.meta.url alone costs a tenth of Node's start-up.
  banner: {
    js: 'const require=(id)=>{const found=process.getBuiltinModule(id);if(found)return found;throw new Error(id)};',
  },
}

const apart = new Set()
const results = []
for (const entry of WHOLE)
  results.push(await build({ ...whole, entryPoints: [entry], plugins: [lightBuiltins(), loadedApart(entry)] }))
results.push(await build({ ...split, entryPoints: [...apart].sort() }))

// Made beside the old one and put in its place at once: nobody ever runs half a build.
const [dist, made, old] = ['dist', `dist.${process.pid}`, `dist.${process.pid}.old`].map((name) => join(root, name))
const files = results.flatMap(({ outputFiles }) => outputFiles)
for (const { path, contents } of files) put(relative(dist, path), contents)
const packages = bundledPackages(results.map(({ metafile }) => metafile))
put('THIRD-PARTY-LICENSES.txt', licencesOf(packages))
put('sbom.cdx.json', `${JSON.stringify(sbomOf(packages), null, 2)}\n`)
// What each file is made of: the tests tell by it what a command loads. Not part of the package.
put('meta.json', JSON.stringify({ outputs: Object.assign({}, ...results.map(({ metafile }) => metafile.outputs)) }))
const { default: built } = await import(pathToFileURL(join(made, 'program.cjs')))
const { exitCodes } = await import(pathToFileURL(join(made, 'help', 'topics.js')))
for (const [name, text] of Object.entries(manPages(await built.fullProgram(), version, exitCodes())))
  put(join('man', name), text)
try {
  renameSync(dist, old)
} catch {
  // There was none.
}
renameSync(made, dist)
rmSync(old, { recursive: true, force: true })
const bytes = files.reduce((sum, { contents }) => sum + contents.length, 0)
process.stderr.write(`dist: ${files.length} files, ${Math.round(bytes / 1024)} KiB\n`)

function put(name, contents) {
  mkdirSync(dirname(join(made, name)), { recursive: true })
  writeFileSync(join(made, name), contents)
}

/** Turns import() of what is apart into loading its file, and notes what has to be built for that. */
function loadedApart(entry) {
  return {
    name: 'loaded-apart',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.cjs$/ }, ({ path, kind }) => (kind === 'require-call' ? { path, external: true } : null))
      onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8').replace(/\bimport\('(\.[^']+)\.js'\)/g, (expression, module) => {
          const target = resolve(dirname(path), `${module}.ts`)
          if (INSIDE.test(target) || (entry === ALL_INSIDE && WHOLE.includes(target))) return expression
          const file = relative(dirname(entry), target).replace(/^(?!\.)/, './')
          if (WHOLE.includes(target)) return `Promise.resolve().then(() => require('${file.replace(/ts$/, 'cjs')}'))`
          apart.add(target)
          return `__import('${file.replace(/ts$/, 'js')}')`
        })
        return { contents, loader: 'ts' }
      })
    },
  }
}

/**
 * Node's own modules when they are first used, by process.getBuiltinModule(): an import statement would load them all
 * at the start and fill in all of their exports, some of which (fs.ReadStream) load half a library each. And commander
 * wants child_process for subcommands that are programs; there are none.
 */
function lightBuiltins() {
  return {
    name: 'light-builtins',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, importer }) => {
        const unused = path === 'node:child_process' && importer.includes('/commander/')
        return { path: unused ? 'unused' : path, namespace: 'builtin' }
      })
      onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: path === 'unused' ? '' : `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      }))
    },
  }
}
