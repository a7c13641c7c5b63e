/**
 * How files of the state directory are read and written: whole, bounded, private. Synchronous, reading too, so that no
 * signal gets between what is read and what is written upon it.
 */
import { dirname } from 'node:path'
import { invalidStateFile, type StateDocument } from '../../documents/state-document.js'
import { WcnError } from '../../errors/wcn-error.js'
import { readBounded } from '../files/read-bounded.js'
import { makeDirectory, replaceFile } from '../files/safe-write.js'

export const MAX_STATE_BYTES = 16 * 1024 * 1024

/** Its text; null where there is no such file. Throws FILE_UNREADABLE, and JOURNAL_INVALID for what is no text. */
export function readStateFile(
  path: string,
  document: Pick<StateDocument<unknown>, 'what' | 'moveAway'>,
): string | null {
  const file = readBounded(path, MAX_STATE_BYTES)
  if (file === null) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.bytes)
  } catch {
    throw invalidStateFile(path, 'it is not text in UTF-8', document)
  }
}

/** Puts it in the place of an older one; on disk when it returns. Throws FILE_UNWRITABLE, FILE_PERMISSIONS, OUTPUT_UNSAFE. */
export function writeStateFile(path: string, text: string): void {
  makeStateDirectory(dirname(path))
  hintingAtSetting(() => replaceFile(path, text, 0o600))
}

export function makeStateDirectory(path: string): void {
  hintingAtSetting(() => makeDirectory(path, 0o700))
}

const STATE_DIRECTORY = '--state-dir or WCN_STATE_DIR names the directory for what wcn keeps track of'

/** Nobody chose the directory that can't be written to, so they are told how. */
export function hintingAtSetting<T>(write: () => T, how = STATE_DIRECTORY): T {
  try {
    return write()
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'FILE_UNWRITABLE') throw error
    throw error.retold({ hint: `${error.hint ? `${error.hint}; ` : ''}${how}` })
  }
}
