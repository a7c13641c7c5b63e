/** What the file system answered, as a sentence that names the path (docs/dev/never.md 10). */
import { looksLikeKey } from '../../base/key-like.js'
import { shellWord } from '../../base/shell-word.js'
import { WcnError } from '../../errors/wcn-error.js'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the system allows',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links go round in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a directory',
  ENXIO: 'nothing can be read from it',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
}

export function unreadable(path: string, error: unknown): WcnError {
  return new WcnError('FILE_UNREADABLE', `cannot read ${named(path)}: ${reasonOf(error)}`, {
    hint: errnoOf(error) === 'EACCES' ? `see who may read it: ls -ld ${shellWord(path)}` : undefined,
    details: { path: shown(path), reason: errnoOf(error) ?? null },
    cause: error,
  })
}

export function unwritable(path: string, error: unknown): WcnError {
  return new WcnError('FILE_UNWRITABLE', `cannot write ${named(path)}: ${reasonOf(error)}; nothing was left behind`, {
    hint: HINTS[errnoOf(error) ?? ''],
    details: { path: shown(path), reason: errnoOf(error) ?? null },
    cause: error,
  })
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'choose a directory you may write to',
  EDQUOT: 'make room and run the command again',
  ENOENT: 'create the directory first, or choose another one',
  ENOSPC: 'make room on the disk and run the command again',
  ENOTDIR: 'choose a directory that exists',
  EROFS: 'choose a directory on a file system that can be written to',
}

/** The path in quotes; a key that was given in its place is described, not shown. */
export function named(path: string): string {
  return looksLikeKey(path) ? shown(path) : JSON.stringify(path)
}

function shown(path: string): string {
  return looksLikeKey(path) ? `a path of ${path.length} characters (not shown: it looks like a key)` : path
}

export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

function reasonOf(error: unknown): string {
  const code = errnoOf(error)
  if (code === 'ERR_INVALID_ARG_VALUE') return 'that is not a file name'
  return (code && REASONS[code]) ?? code ?? 'the system gave no reason'
}
