/** Where a new secret goes when `--out` may name a file or a directory. */

import type { Services } from '../cli/services.js'
import type { Files } from '../platform/files/files.js'

/** True for an existing directory and for a path that ends in a slash. */
export async function isDirectoryTarget(files: Files, out: string): Promise<boolean> {
  return out.endsWith('/') || (await files.isDirectory(out))
}

export function fileIn(directory: string, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`
}

/** A secret in a work tree is one `git add .` away from being published. */
export async function warnIfTracked({ files, talk }: Services, path: string): Promise<void> {
  const tree = await files.gitTreeThatTracks(path)
  if (tree !== null) talk.warn(`${path} is in the git work tree ${tree} and not ignored: do not commit it`)
}
