/** Finds key files by the names that `key generate --out`, `operator keygen --out` and people give them. */

import { withoutEndSlashes } from '../base/folder-path.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'

export interface KeyFile {
  readonly path: string
  /** As the description has it. */
  readonly written: string
}

export interface KeyFolder {
  /** The first of the names, each with `.key`, that is there. */
  readonly find: (...names: readonly string[]) => Promise<KeyFile | null>
  /** A path as it has to stand in the description: as given where that is next to us, else absolute. */
  readonly asWritten: (path: string) => string
}

/** `description` is the file that will hold the paths; '' for standard output. */
export function keyFolder({ files }: Services, folder: string, description: string): KeyFolder {
  const asWritten = (path: string) => (/[/\\]/.test(description) ? files.resolveFrom('-', path) : path)
  return {
    asWritten,
    async find(...names) {
      for (const name of names) {
        const path = `${withoutEndSlashes(folder)}/${name}.key`
        if (await files.exists(path)) return { path, written: asWritten(path) }
      }
      return null
    },
  }
}

/** Null, with a note of `what`, where it can't be read. */
export async function readOrNote<T>({ talk }: Services, what: string, read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    talk.note(`${what}: ${error.message}`)
    return null
  }
}
