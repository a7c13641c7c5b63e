// `npm ci --omit=optional` is how one gets this tool without the QUIC addon, and it leaves out more than that: the programs
// of the tools that build and test it (esbuild, rolldown, anvil, …) are optional packages of theirs, one per platform.
// Whatever builds or tests starts with this: it installs those that are missing, in the lock file's versions and with its
// checksums, and touches nothing else. Where none is missing it takes a few milliseconds.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

const missing = missingPrograms()
if (missing.length > 0) install(missing)

/** Places in node_modules, as the lock file names them. */
function missingPrograms() {
  return Object.entries(packages).flatMap(([place, { dev, devOptional, optionalDependencies = {} }]) => {
    if (!(dev || devOptional) || !isThere(place)) return []
    const programs = Object.keys(optionalDependencies)
      .map((name) => placeOf(name, place))
      .filter((program) => program !== undefined && fits(packages[program]))
    // One for each C library; whichever was installed is the one that runs.
    if (programs.some(isThere)) return []
    return programs.length > 1 ? programs.filter((program) => fitsLibc(packages[program])) : programs
  })
}

/** Where Node looks for it from there: beside the package itself, then further and further up. */
function placeOf(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder && `${folder}/`}node_modules/${name}`
    if (packages[place]) return place
    if (folder === '') return undefined
  }
}

function isThere(place) {
  return existsSync(join(root, place, 'package.json'))
}

/** Only what is made for one platform: other optional packages are none of the programs. */
function fits({ os, cpu }) {
  return (os || cpu) !== undefined && accepts(os, process.platform) && accepts(cpu, process.arch)
}

function fitsLibc({ libc }) {
  if (process.platform !== 'linux') return true
  process.report.excludeNetwork = true
  return accepts(libc, process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl')
}

/** As in package.json: a list of what is meant, or of what is not, with an exclamation mark. */
function accepts(list, own) {
  if (!list) return true
  return list.includes(own) || (!list.includes(`!${own}`) && list.every((one) => one.startsWith('!')))
}

/** In a project of its own, which has nothing but these: npm checks what it fetches, and finds nothing here to put right. */
function install(places) {
  const titles = places.map((place) => `${nameOf(place)} ${packages[place].version}`)
  process.stderr.write(`installing what builds and tests this and was left out as optional: ${titles.join(', ')}\n`)
  const folder = join(root, 'node_modules', `.platform-tools-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true })
    // By numbers: a name can be needed in two versions.
    const dependencies = Object.fromEntries(
      places.map((place, n) => [`p${n}`, `npm:${nameOf(place)}@${packages[place].version}`]),
    )
    const locked = places.map((place, n) => {
      const { version, resolved, integrity } = packages[place]
      return [`node_modules/p${n}`, { name: nameOf(place), version, resolved, integrity }]
    })
    const project = { name: 'platform-tools', version: '0.0.0', private: true, dependencies }
    put(join(folder, 'package.json'), project)
    put(join(folder, 'package-lock.json'), {
      ...{ name: project.name, version: project.version, lockfileVersion: 3, requires: true },
      packages: { '': project, ...Object.fromEntries(locked) },
    })
    npmCi(folder)
    for (const [n, place] of places.entries()) moveTo(join(root, place), join(folder, 'node_modules', `p${n}`))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function npmCi(folder) {
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--silent']
  const npm = process.env.npm_execpath
  const options = { cwd: folder, stdio: ['ignore', 2, 2] }
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  if (status === 0) return
  process.stderr.write(`npm could not install them${error ? ` (${error.message})` : ''}: run npm ci, which takes all\n`)
  process.exitCode = 1
}

/** Another run of this may have been quicker. */
function moveTo(place, made) {
  if (!existsSync(made) || existsSync(place)) return
  mkdirSync(dirname(place), { recursive: true })
  renameSync(made, place)
}

function nameOf(place) {
  return packages[place].name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

function put(path, json) {
  writeFileSync(path, `${JSON.stringify(json, null, 2)}\n`)
}
