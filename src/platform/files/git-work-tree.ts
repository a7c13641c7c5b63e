/**
 * Whether git would take a file up at the next `git add .`: secrets written into a work tree have a way of being
 * pushed. Git itself is asked; where it can't answer, the file counts as taken up.
 */
import { spawn } from 'node:child_process'
import { promises } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** All that git needs to find itself and the user's own ignore rules; secrets in our environment stay here. */
const PASSED_ON = ['PATH', 'Path', 'HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'SystemRoot']

/** The root of the work tree that would take up `path`, which need not exist yet; null when none would. */
export async function gitTreeThatTracks(path: string, environment: Environment): Promise<string | null> {
  const real = await realPathOfPlanned(resolve(path))
  const root = await workTreeAround(dirname(real))
  if (root === null) return null
  return (await isIgnored(root, real, environment)) ? null : root
}

/** Links in the part of the path that exists are resolved: the place counts, not the way to it. */
async function realPathOfPlanned(path: string): Promise<string> {
  for (let existing = dirname(path); ; existing = dirname(existing)) {
    const real = await promises.realpath(existing).catch(() => null)
    if (real !== null) return join(real, relative(existing, path))
    if (dirname(existing) === existing) return path
  }
}

async function workTreeAround(directory: string): Promise<string | null> {
  for (let folder = directory; ; folder = dirname(folder)) {
    if ((await promises.lstat(join(folder, '.git')).catch(() => null)) !== null) return folder
    if (dirname(folder) === folder) return null
  }
}

/** Exit status 0 = ignored; 1 = not; anything else, git's absence included, is no reassurance. */
function isIgnored(root: string, path: string, environment: Environment): Promise<boolean> {
  const env = Object.fromEntries(PASSED_ON.map((name) => [name, environment[name]]))
  // A repository's own settings can name a program to watch files with; it is not run for our sake.
  const args = ['-c', 'core.fsmonitor=false', 'check-ignore', '--quiet', '--', path]
  return new Promise((settle) => {
    const git = spawn('git', args, { cwd: root, env, stdio: 'ignore', windowsHide: true })
    git.once('error', () => settle(false))
    git.once('exit', (status) => settle(status === 0))
  })
}
