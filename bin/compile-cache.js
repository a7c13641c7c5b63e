// Keeps the code that Node compiled for the next run, which then starts sooner: in a folder that nobody but this user can
// put anything into, or not at all, since what lies there is run.
const { lstatSync, mkdirSync, realpathSync } = require('node:fs')
const { dirname, isAbsolute, join } = require('node:path')

/** NODE_COMPILE_CACHE, which names another folder, and NODE_DISABLE_COMPILE_CACHE are obeyed by Node itself. */
exports.keepCompiledCode = (environment) => {
  if (environment.NODE_DISABLE_COMPILE_CACHE) return
  const folder = cacheFolder(environment)
  if (folder !== null) require('node:module').enableCompileCache(folder)
}

/** Of mode 0700, below folders that are this user's or the system's; null where it can't be had. */
const cacheFolder = ({ XDG_CACHE_HOME, HOME }) => {
  const base = XDG_CACHE_HOME || HOME
  try {
    // Looked at before anything is made: under sudo it may be somebody else's.
    if (!isAbsolute(base) || !isClosed(realpathSync(base))) return null
    const folders = XDG_CACHE_HOME ? [join(base, 'wcn')] : [join(base, '.cache'), join(base, '.cache', 'wcn')]
    for (const folder of folders) makeFolder(folder)
    const folder = realpathSync(folders.at(-1))
    const { mode, uid } = lstatSync(folder)
    return isClosed(folder) && uid === process.geteuid() && (mode & 0o077) === 0 ? folder : null
  } catch {
    return null
  }
}
exports.cacheFolder = cacheFolder

/** Whether others can put nothing in its place, nor in that of a folder above it: not so in /tmp, be it sticky. */
const isClosed = (path) => {
  const { mode, uid } = lstatSync(path)
  const ours = (uid === 0 || uid === process.geteuid()) && (mode & 0o022) === 0
  return ours && (dirname(path) === path || isClosed(dirname(path)))
}

const makeFolder = (path) => {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
}
