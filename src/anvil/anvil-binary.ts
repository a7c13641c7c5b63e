/** Finds the chain's program: in a package that npm put beside this one, or on the PATH, where foundry puts it. */
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, isAbsolute, join } from 'node:path'
import { WcnError } from '../errors/wcn-error.js'

const PACKAGE = '@foundry-rs/anvil'
const OLDEST = [1, 4] as const
const VERSION_TIMEOUT_MS = 10_000
const HINT = `npm install --global ${PACKAGE}@1 (or foundryup) puts it on the PATH`
const BINARY = process.platform === 'win32' ? 'anvil.exe' : 'anvil'

export interface AnvilProgram {
  readonly path: string
  readonly version: string
}

/**
 * The first one that runs and is new enough. A folder one happens to be in must not decide what runs: neither its
 * node_modules nor a relative entry of the PATH is looked at. Throws DEPENDENCY_MISSING.
 */
export function findAnvil(searchPath = '', installedAt: string = import.meta.url): AnvilProgram {
  const unfit: string[] = []
  for (const found of [packaged(installedAt), ...searchPath.split(delimiter).map(onPath)]) {
    if (found === null) continue
    if ('unfit' in found) unfit.push(found.unfit)
    else {
      const version = versionOf(found.path)
      if (version !== null && isNewEnough(version)) return { path: found.path, version }
      unfit.push(`${JSON.stringify(found.path)} ${version === null ? 'does not run here' : `is version ${version}`}`)
    }
  }
  const why = unfit.length > 0 ? `: ${unfit.join('; ')}` : ', which is neither installed beside wcn nor on the PATH'
  const message = `the development chain needs the program anvil, version ${OLDEST.join('.')} or newer${why}`
  throw new WcnError('DEPENDENCY_MISSING', message, { hint: HINT })
}

type Found = { readonly path: string } | { readonly unfit: string } | null

/** The package has one binary per platform as optional dependencies, without a script to run first. */
function packaged(from: string): Found {
  const manifest = resolved(from, `${PACKAGE}/package.json`)
  return manifest === null ? null : programOf(manifest)
}

function programOf(manifest: string): Found {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const path = resolved(manifest, `${PACKAGE}-${process.platform}-${architecture}/bin/${BINARY}`)
  if (path !== null) return { path }
  return { unfit: `the package ${PACKAGE} has no program for this machine (${process.platform}, ${process.arch})` }
}

/** What npm puts there is a script that starts the program: the chain would run as a child of something else. */
function onPath(folder: string): Found {
  if (!isAbsolute(folder)) return null
  try {
    const path = realpathSync(join(folder, BINARY))
    return path.endsWith('.mjs') ? programOf(path) : { path }
  } catch {
    return null
  }
}

function resolved(from: string, path: string): string | null {
  try {
    return createRequire(from).resolve(path)
  } catch {
    return null
  }
}

/** Null where it does not run. */
function versionOf(path: string): string | null {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', env: {}, timeout: VERSION_TIMEOUT_MS })
  return /^anvil (?:Version: )?(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? null
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}
