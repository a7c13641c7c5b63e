// The folder of the demo: it is made anew by each run, and nobody else's is touched.
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The env file of the network. */
export const NETWORK = 'devnet.env'
const MARK = '# Made by `npm run demo`, which removes this folder when it is run again.\n'
const POLL_MS = 50

/** `ended` ends what a run before this one left there. Throws, with nothing touched, where the folder is somebody else's. */
export async function clear(folder, ended) {
  if (lstatSync(folder, { throwIfNoEntry: false })) {
    if (!isOurs(folder))
      throw Object.assign(
        new Error(`${folder} is here already, and not by the demo: remove it, or run the demo in another folder`),
        { untouched: true },
      )
    await ended()
    rmSync(folder, { recursive: true })
  }
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, '.gitignore'), `${MARK}*\n`)
}

function isOurs(folder) {
  if (!lstatSync(folder).isDirectory()) return false
  try {
    return readFileSync(join(folder, '.gitignore'), 'utf8').startsWith(MARK)
  } catch {
    return readdirSync(folder).length === 0
  }
}

/** Waits for the services to end, which they do by themselves when the network has ended. */
export async function untilGone(folder) {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.pid'))) {
    const pid = readFileSync(join(folder, name), 'utf8').trim()
    while (serves(pid)) await sleep(POLL_MS)
  }
}

function serves(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0serve\0')
  } catch {
    return false
  }
}
