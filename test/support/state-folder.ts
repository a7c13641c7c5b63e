/** Gives each test file a folder for what the tool remembers: the journals and locks of others are none of its business. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string | undefined

/** Of the file that runs now: several run in one process, one after the other. */
export function stateFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'wcn-test-state-'))
  return folder
}

export function leaveStateFolder(): void {
  folder = undefined
}
