/** What lies at a path and in a directory, told without opening a file or following a link. */
import type { Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { errnoOf, unreadable } from './file-errors.js'
import type { FileFacts } from './files.js'

/** Permission bits with setuid, setgid and sticky. */
const MODE_BITS = 0o7777

/** Null where there is nothing, or a part of the path is no directory. Throws FILE_UNREADABLE. */
export async function inspect(path: string, platform: NodeJS.Platform): Promise<FileFacts | null> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null
    throw unreadable(path, error)
  })
  if (stats === null) return null
  const hasOwners = platform !== 'win32'
  return {
    kind: kindOf(stats),
    mode: hasOwners ? stats.mode & MODE_BITS : null,
    // To root too a user's file is foreign: that user can put something else in its place at any time.
    foreign: hasOwners && process.geteuid ? stats.uid !== process.geteuid() : null,
    bytes: stats.size,
  }
}

/** Throws FILE_UNREADABLE. */
export async function list(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort(byCodePoints)
  } catch (error) {
    throw unreadable(directory, error)
  }
}

function kindOf(stats: Stats): FileFacts['kind'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'link' : 'other'
}

/** UTF-8 sorts as code points do; comparing strings in JavaScript does not. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
