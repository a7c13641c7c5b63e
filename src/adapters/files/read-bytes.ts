/**
 * Reads a regular file or a pipe, never more than asked for. The kind is taken from the open file, not from the path,
 * so that nothing can be swapped in between.
 */
import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { WcnError } from '../../errors/wcn-error.js'
import { named, unreadable } from './file-errors.js'

export interface OpenFile {
  readonly kind: 'file' | 'pipe'
  /** Permission bits. */
  readonly mode: number
}

/**
 * `inspect` sees the open file before a byte is read and may throw. Throws FILE_UNREADABLE, also for what is longer
 * than `maxBytes`, and for directories and devices.
 */
export async function readBytes(
  path: string,
  maxBytes: number,
  inspect: (file: OpenFile) => Promise<void>,
): Promise<Buffer> {
  try {
    const { fd, stats } = openForReading(path)
    try {
      await inspect({ kind: stats.isFile() ? 'file' : 'pipe', mode: stats.mode & 0o777 })
    } catch (error) {
      closeSync(fd)
      throw error
    }
    // Either stream closes the descriptor when it ends or is left.
    const stream = stats.isFile() ? createReadStream(path, { fd }) : new Socket({ fd, readable: true, writable: false })
    return await readAll(stream, maxBytes, path)
  } catch (error) {
    throw error instanceof WcnError ? error : unreadable(path, error)
  }
}

/** Collects a stream. Throws FILE_UNREADABLE when it is longer than `maxBytes`. */
export async function readAll(
  chunks: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
  path: string,
): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    const part = Buffer.from(chunk as Uint8Array)
    length += part.length
    if (length > maxBytes) throw notReadable(path, `it is longer than the ${maxBytes} bytes that are read at most`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function openForReading(path: string): { fd: number; stats: Stats } {
  // Without O_NONBLOCK, opening a pipe nobody writes to would block a thread, and with it the end of the process.
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0))
  const stats = fstatSync(fd)
  if (stats.isFile() || stats.isFIFO()) return { fd, stats }
  closeSync(fd)
  throw notReadable(path, stats.isDirectory() ? 'it is a directory' : 'it is a device; use - for standard input')
}

function notReadable(path: string, why: string): WcnError {
  return new WcnError('FILE_UNREADABLE', `cannot read ${path === '-' ? 'standard input' : named(path)}: ${why}`)
}
