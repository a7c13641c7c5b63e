/** Reads a file of ours at once: whole, bounded, and never waiting for whoever might write into a pipe. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf, named, unreadable } from './file-errors.js'

export interface WholeFile {
  readonly bytes: Buffer
  /** Permission bits. */
  readonly mode: number
}

/** Null where there is no such file. Throws FILE_UNREADABLE. */
export function readBounded(path: string, maxBytes: number, extraFlags = 0): WholeFile | null {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would never come back.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0) | extraFlags
    const fd = openSync(path, flags)
    try {
      const stats = fstatSync(fd)
      if (!stats.isFile()) throw refused(path, 'it is not a regular file')
      if (stats.size > maxBytes) throw refused(path, `it is longer than ${maxBytes} bytes`)
      return { bytes: readFileSync(fd), mode: stats.mode & 0o777 }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (error instanceof WcnError) throw error
    if (errnoOf(error) === 'ENOENT') return null
    throw unreadable(path, error)
  }
}

function refused(path: string, why: string): WcnError {
  return new WcnError('FILE_UNREADABLE', `cannot read ${named(path)}: ${why}`, {
    hint: 'move it away',
    details: { path, reason: null },
  })
}
