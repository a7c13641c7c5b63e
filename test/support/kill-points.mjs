/**
 * Preloaded into the built tool (`NODE_OPTIONS=--import`): counts the operations that touch the state directory and has
 * the process killed, as by `kill -9`, before, after or in the middle of the one that the environment names. It knows
 * nothing of the tool but that it works by node:fs.
 *
 * KILL_POINTS_DIRECTORY  what is watched
 * KILL_POINTS_LOG        every operation is written there, a line each: `INDEX OPERATION PATH`
 * KILL_POINTS_AT         `before:INDEX`, `after:INDEX`, or `half:INDEX`: half of what is written gets there
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { sep } from 'node:path'

const { KILL_POINTS_DIRECTORY: directory, KILL_POINTS_LOG: log, KILL_POINTS_AT: at = '' } = process.env
// What the tool starts is not watched.
for (const name of ['KILL_POINTS_DIRECTORY', 'KILL_POINTS_LOG', 'KILL_POINTS_AT', 'NODE_OPTIONS'])
  delete process.env[name]

const original = { ...fs }
const [when, index] = at.split(':')
const watched = new Map()
let count = 0

/** Operations by the position of what they name; those without a second path change one place only. */
const BY_PATH = {
  mkdirSync: [0],
  mkdtempSync: [0],
  openSync: [0],
  writeFileSync: [0],
  appendFileSync: [0],
  renameSync: [0, 1],
  linkSync: [0, 1],
  symlinkSync: [1],
  unlinkSync: [0],
  rmSync: [0],
  rmdirSync: [0],
  chmodSync: [0],
  truncateSync: [0],
  utimesSync: [0],
  copyFileSync: [1],
  cpSync: [1],
}
const BY_DESCRIPTOR = [
  'writeSync',
  'writevSync',
  'fsyncSync',
  'fdatasyncSync',
  'ftruncateSync',
  'fchmodSync',
  'closeSync',
]
const WRITES = { writeFileSync: 1, appendFileSync: 1, writeSync: 1 }

if (directory) {
  for (const name of Object.keys(BY_PATH)) patch(name, (args) => pathOf(args, BY_PATH[name]))
  for (const name of BY_DESCRIPTOR) patch(name, ([descriptor]) => watched.get(descriptor) ?? null)
  // None of these may be used for the state: they could not be stopped at. A test fails by it.
  for (const name of Object.keys(fs)) if (`${name}Sync` in BY_PATH) refuse(fs, name, BY_PATH[`${name}Sync`])
  for (const name of Object.keys(fs.promises))
    if (name === 'open' || `${name}Sync` in BY_PATH) refuse(fs.promises, name, BY_PATH[`${name}Sync`] ?? [0])
  syncBuiltinESMExports()
}

function patch(name, touched) {
  fs[name] = (...args) => {
    const path = touched(args)
    if (path === null) return original[name](...args)
    const here = count++
    if (log) original.appendFileSync(log, `${here} ${name} ${path}\n`)
    const now = String(here) === index
    if (now && when === 'before') die()
    if (now && when === 'half' && name in WRITES) {
      const data = Buffer.from(args[WRITES[name]])
      original[name](args[0], data.subarray(0, data.length / 2))
      die()
    }
    try {
      const result = original[name](...args)
      if (name === 'openSync') watched.set(result, path)
      if (name === 'closeSync') watched.delete(args[0])
      return result
    } finally {
      // It may have failed: looking for a file that is not there is an operation like any other.
      if (now) die()
    }
  }
}

function refuse(target, name, positions) {
  const plain = target[name]
  target[name] = (...args) => {
    const path = pathOf(args, positions)
    if (path !== null) original.appendFileSync(log ?? 2, `unwatched ${name} ${path}\n`)
    return plain.apply(target, args)
  }
}

/** The first of the paths that lies in the directory; a file descriptor stands for its path. */
function pathOf(args, positions) {
  for (const position of positions) {
    const value = args[position]
    const path = typeof value === 'number' ? watched.get(value) : value === undefined ? undefined : String(value)
    if (path !== undefined && (path === directory || path.startsWith(directory + sep))) return path
  }
  return null
}

/** Does not come back. */
function die() {
  process.kill(process.pid, 'SIGKILL')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
