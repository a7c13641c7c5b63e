/**
 * Files appear whole or not at all, and nothing is overwritten by accident (docs/dev/never.md 7): temporary file,
 * write, fsync, `link` (new) or `rename` (replace), fsync of the directory. Synchronous on purpose: a signal handler
 * can't run halfway through, so Ctrl-C leaves no temporary file behind.
 */
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { shellWord } from '../../base/shell-word.js'
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf, named, unwritable } from './file-errors.js'

/** What file systems without hard links answer. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
const OWNER = 0o700
const PERMISSIONS = 0o7777
/** By this process. */
const foldersMade = new Set<string>()
/** Directories that can't be opened or synced: the file is there all the same. */
const NO_DIRECTORY_SYNC = new Set(['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'])

/** Throws FILE_EXISTS, OUTPUT_UNSAFE (a symbolic link), FILE_UNWRITABLE, FILE_PERMISSIONS. */
export function createFile(path: string, text: string, mode: number): void {
  requireTarget(path, false)
  throughTemporary(path, text, mode, (temporary) => {
    try {
      linkSync(temporary, path)
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') throw existsAlready(path)
      if (!NO_HARD_LINKS.has(errnoOf(error) ?? '')) throw error
      renameOverReservation(temporary, path)
    }
  })
}

/** Like createFile, but takes the place of a regular file, whose mode does not matter. */
export function replaceFile(path: string, text: string, mode: number): void {
  requireTarget(path, true)
  throughTemporary(path, text, mode, (temporary) => renameSync(temporary, path))
}

/** Throws whatever writing the file would throw, as far as that can be told beforehand. */
export function checkWritable(path: string, overwrite: boolean): void {
  try {
    requireTarget(path, overwrite)
    requireWritableFolder(path)
  } catch (error) {
    throw error instanceof WcnError ? error : unwritable(path, error)
  }
}

/** Makes the directory and its parents, all with `mode`, on disk when it returns; one that exists is left as it is. */
export function makeDirectory(path: string, mode: number): void {
  try {
    const found = lookAt(resolve(path))
    if (found?.isSymbolicLink()) throw isLink(path)
    if (found === null) {
      requireWritableFolder(path)
      makeMissing(resolve(path), mode)
    } else if (!found.isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
  } catch (error) {
    removeEmptyFolders(path)
    throw error instanceof WcnError ? error : unwritable(path, error)
  }
}

/** What failed leaves nothing behind: no folder either that was made for it, if nothing else is in it. */
function removeEmptyFolders(path: string): void {
  for (const folder of [...foldersMade].reverse()) {
    if (!`${resolve(path)}${sep}`.startsWith(`${folder}${sep}`)) continue
    try {
      rmdirSync(folder)
      foldersMade.delete(folder)
    } catch {
      // Something is in it.
    }
  }
}

/** Not mkdir's own `recursive`, which never ends where a file system answers ENOENT to everything (/proc). */
function makeMissing(path: string, mode: number): void {
  if (lookAt(path) !== null) return
  makeMissing(dirname(path), mode)
  try {
    mkdirSync(path, { mode })
    foldersMade.add(path)
    // A umask may have taken away what whoever made it needs.
    const { mode: actual } = statSync(path)
    if ((~actual & mode & OWNER) !== 0) chmodSync(path, (actual & PERMISSIONS) | (mode & OWNER))
  } catch (error) {
    // Another process was quicker.
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  syncDirectory(dirname(path))
}

function throughTemporary(path: string, text: string, mode: number, publish: (temporary: string) => void): void {
  const directory = dirname(resolve(path))
  const temporary = join(directory, `.wcn-${randomBytes(9).toString('hex')}.tmp`)
  try {
    writeTemporary(temporary, text, mode)
    publish(temporary)
  } catch (error) {
    removeQuietly(temporary)
    removeEmptyFolders(path)
    throw error instanceof WcnError ? error : unwritable(path, error)
  }
  removeQuietly(temporary)
  syncDirectory(directory)
}

function writeTemporary(temporary: string, text: string, mode: number): void {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0)
  const fd = openSync(temporary, flags, 0o600)
  try {
    fchmodSync(fd, mode)
    requireMode(fd, mode)
    writeFileSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Some mounts (FAT, shares) show every file to everybody, whatever was asked for. */
function requireMode(fd: number, mode: number): void {
  const exposed = (mode & 0o077) === 0 && (fstatSync(fd).mode & 0o077) !== 0
  if (!exposed || process.platform === 'win32') return
  throw new WcnError(
    'FILE_PERMISSIONS',
    'this file system does not keep files private, so no secret is written to it',
    {
      hint: 'choose a directory on a local disk',
    },
  )
}

/** Without hard links: claim the name with an empty file, then put the whole one in its place. */
function renameOverReservation(temporary: string, path: string): void {
  try {
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600))
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? existsAlready(path) : error
  }
  try {
    renameSync(temporary, path)
  } catch (error) {
    removeQuietly(path)
    throw error
  }
}

function requireTarget(path: string, overwrite: boolean): void {
  if (path === '') throw new WcnError('FILE_UNWRITABLE', 'an empty text is not the name of a file')
  const found = lookAt(resolve(path))
  if (found === null) return
  if (found.isSymbolicLink()) throw isLink(path)
  if (found.isDirectory()) throw new WcnError('FILE_UNWRITABLE', `cannot write ${named(path)}: it is a directory`)
  if (!overwrite) throw existsAlready(path)
  if (!found.isFile()) throw new WcnError('FILE_UNWRITABLE', `cannot write ${named(path)}: it is not a regular file`)
}

/** Of the folders on the way to the path, the last one that exists. */
function requireWritableFolder(path: string): void {
  let directory = dirname(resolve(path))
  while (lookAt(directory) === null && dirname(directory) !== directory) directory = dirname(directory)
  if (!statSync(directory).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
  accessSync(directory, constants.W_OK | constants.X_OK)
}

/** Null where there is nothing, not even a dangling link. */
function lookAt(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw unwritable(path, error)
  }
}

function existsAlready(path: string): WcnError {
  return new WcnError('FILE_EXISTS', `${named(path)} exists already and is not overwritten`, {
    hint: 'choose another name, or move the file away',
    details: { path },
  })
}

function isLink(path: string): WcnError {
  let target: string | null = null
  try {
    target = realpathSync(path)
  } catch {
    // It points nowhere.
  }
  return new WcnError('OUTPUT_UNSAFE', `${named(path)} is a symbolic link, through which nothing is written`, {
    hint: target === null ? 'remove the link' : `give the place it leads to: ${shellWord(target)}`,
    details: { path },
  })
}

function syncDirectory(directory: string): void {
  try {
    const fd = openSync(directory, constants.O_RDONLY)
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (!NO_DIRECTORY_SYNC.has(errnoOf(error) ?? '')) throw unwritable(directory, error)
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or never made.
  }
}
