/** `-` in place of a file name. Standard input can be read once; a second `-` would silently be empty. */
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf } from './file-errors.js'
import { type Bounds, type ByteStream, readAll } from './read-bytes.js'

/** Gives a function that reads everything up to the end. Throws FILE_UNREADABLE. */
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
