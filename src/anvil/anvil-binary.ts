/** Finds the chain's program: the package ships one binary per platform as an optional dependency, without a script to run first. */
import { createRequire } from 'node:module'
import { WcnError } from '../errors/wcn-error.js'

const PACKAGE = '@foundry-rs/anvil'

/**
 * Looked for where this program is installed and nowhere else: a folder one happens to be in must not decide what runs.
 * Throws DEPENDENCY_MISSING.
 */
export function anvilBinary(installedAt: string = import.meta.url): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const binary = process.platform === 'win32' ? 'bin/anvil.exe' : 'bin/anvil'
  const manifest = resolved(createRequire(installedAt), `${PACKAGE}/package.json`)
  if (manifest === null)
    throw new WcnError(
      'DEPENDENCY_MISSING',
      `the development chain runs on the package ${PACKAGE}, which is not installed`,
      {
        hint: `npm install --save-dev ${PACKAGE} (with --global where wcn is installed globally)`,
      },
    )
  const found = resolved(createRequire(manifest), `${PACKAGE}-${process.platform}-${architecture}/${binary}`)
  if (found !== null) return found
  throw new WcnError(
    'DEPENDENCY_MISSING',
    `the package ${PACKAGE} has no program for this machine (${process.platform}, ${process.arch})`,
    { hint: `npm install --save-dev ${PACKAGE} on this machine, without --omit=optional` },
  )
}

function resolved(require: NodeJS.Require, path: string): string | null {
  try {
    return require.resolve(path)
  } catch {
    return null
  }
}
