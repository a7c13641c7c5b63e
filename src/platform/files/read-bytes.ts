/**
 * Reads whatever a path names that can be read: a regular file, a pipe, what is already open. Never more than asked for,
 * and no longer than there is time. The kind is taken from the open file, not from the path, so that nothing can be
 * swapped in between.
 */
import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf, named, unreadable } from './file-errors.js'

export interface OpenFile {
  readonly kind: 'file' | 'pipe'
  /** Permission bits. */
  readonly mode: number
  /** Throws what readAll throws. */
  readonly bytes: (bounds: Bounds) => Promise<Buffer>
  /** Where it is not read after all. */
  readonly close: () => void
}

export interface Bounds {
  readonly maxBytes: number
  /** Milliseconds that the command still has; Infinity without a limit. */
  readonly remainingMs: () => number
}

export interface ByteStream extends AsyncIterable<Uint8Array | string> {
  /** Ends reading with this error. */
  destroy?(error: Error): unknown
}

/** Throws FILE_UNREADABLE, also for directories and devices. */
export function openFile(path: string): OpenFile {
  try {
    const { fd, stats } = openForReading(path)
    const kind = stats.isFile() ? 'file' : 'pipe'
    const bytes = async (bounds: Bounds) => {
      try {
        // Either stream closes the descriptor when it ends or is left.
        const stream =
          kind === 'file' ? createReadStream(path, { fd }) : new Socket({ fd, readable: true, writable: false })
        return await readAll(stream, bounds, path)
      } catch (error) {
        throw error instanceof WcnError ? error : unreadable(path, error)
      }
    }
    return { kind, mode: stats.mode & 0o777, bytes, close: () => closeSync(fd) }
  } catch (error) {
    throw error instanceof WcnError ? error : unreadable(path, error)
  }
}

/** Collects a stream. Throws FILE_UNREADABLE when it is longer than `maxBytes`, or has not ended when time is up. */
async function readAll(stream: ByteStream, { maxBytes, remainingMs }: Bounds, path: string): Promise<Buffer> {
  const ms = remainingMs()
  const late = () => stream.destroy?.(notReadable(path, 'its end did not come within the time given with --timeout'))
  const timer = Number.isFinite(ms) ? setTimeout(late, ms) : undefined
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      const part = Buffer.from(chunk as Uint8Array)
      length += part.length
      if (length > maxBytes) throw notReadable(path, `it is longer than the ${maxBytes} bytes that are read at most`)
      parts.push(part)
    }
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(parts)
}

/**
 * `-` in place of a file name: gives a function that reads everything up to the end. Standard input can be read once; a
 * second `-` would silently be empty. Throws FILE_UNREADABLE.
 */
export function readOnce(stdin: ByteStream): (bounds: Bounds) => Promise<Buffer> {
  let taken = false
  return async (bounds) => {
    if (taken) {
      throw new WcnError('FILE_UNREADABLE', 'standard input was asked for twice (- in two places)', {
        hint: 'give one of the two as a file',
      })
    }
    taken = true
    const bytes = await readAll(stdin, bounds, '-').catch((error: unknown) => {
      if (error instanceof WcnError) throw error
      throw new WcnError('FILE_UNREADABLE', `cannot read standard input: ${errnoOf(error) ?? 'it is closed'}`, {
        hint: 'pipe something into the command, or give a file name instead of -',
        cause: error,
      })
    })
    if (bytes.length > 0) return bytes
    throw new WcnError('FILE_UNREADABLE', 'standard input is empty or closed', {
      hint: 'pipe something into the command, or give a file name instead of -',
    })
  }
}

function openForReading(path: string): { fd: number; stats: Stats } {
  const fd = open(path)
  const stats = fstatSync(fd)
  if (stats.isFile() || stats.isFIFO() || stats.isSocket()) return { fd, stats }
  closeSync(fd)
  throw notReadable(path, stats.isDirectory() ? 'it is a directory' : 'it is a device; use - for standard input')
}

function open(path: string): number {
  try {
    // Without O_NONBLOCK, opening a pipe nobody writes to would block a thread, and with it the end of the process.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0))
  } catch (error) {
    // Some programs give sockets to those they start, in place of pipes: open already, and not to be opened by a path.
    const [, fd] = /^\/(?:dev|proc\/self)\/fd\/([0-9]{1,9})$/.exec(path.replace(/^\/dev\/stdin$/, '/dev/fd/0')) ?? []
    if (errnoOf(error) === 'ENXIO' && fd !== undefined && fstatSync(Number(fd)).isSocket()) return Number(fd)
    throw error
  }
}

function notReadable(path: string, why: string): WcnError {
  return new WcnError('FILE_UNREADABLE', `cannot read ${path === '-' ? 'standard input' : named(path)}: ${why}`)
}
