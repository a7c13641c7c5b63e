// Bundles src/ into dist/: ESM with code splitting, so that a light command loads little and nothing is resolved at start-up.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Identifiers stay as they are: a stack trace that somebody reports has to be readable.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  define: { WCN_VERSION: JSON.stringify(version) },
  // Packages written for CommonJS ask for Node's own modules by require().
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})

// Made beside the old one and put in its place at once: nobody ever runs half a build.
const [dist, made, old] = ['dist', `dist.${process.pid}`, `dist.${process.pid}.old`].map((name) => join(root, name))
mkdirSync(made)
for (const { path, contents } of result.outputFiles) writeFileSync(join(made, basename(path)), contents)
// What each file of dist/ is made of: the tests tell by it what a command loads. Not part of the package.
writeFileSync(join(made, 'meta.json'), JSON.stringify(result.metafile))
writeFileSync(join(made, 'THIRD-PARTY-LICENSES.txt'), bundledLicences(Object.keys(result.metafile.inputs)))
try {
  renameSync(dist, old)
} catch {
  // There was none.
}
renameSync(made, dist)
rmSync(old, { recursive: true, force: true })
const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
process.stderr.write(`dist: ${Object.keys(result.metafile.outputs).length} files, ${Math.round(bytes / 1024)} KiB\n`)

/** The licence of every package that is part of the bundle, as those licences ask for. */
function bundledLicences(inputs) {
  const packages = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []))
  return [...packages]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      const texts = readdirSync(join(root, folder)).filter((file) => /^licen[cs]e/i.test(file))
      const text = texts.map((file) => readFileSync(join(root, folder, file), 'utf8').trim()).join('\n\n')
      return `${name} ${version} (${license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
