/**
 * The folder of a development chain's stand-ins, through which commands and stand-ins talk: a stand-in writes what it is,
 * a command writes a word to it. Files, and no socket: they have no longest path, and every system has them. Only their
 * owner may read or write them. A stand-in is known by its primary port, which nobody else of the machine has.
 */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory, replaceFile } from '../../platform/files/safe-write.js'
import { parseStandInRecord, type StandInRecord } from '../model/stand-in-record.js'

const RECORD = /^\d+\.stand-in\.json$/

/** Throws FILE_UNWRITABLE, FILE_PERMISSIONS. */
export function makeNetworkFolder(folder: string): void {
  makeDirectory(folder, 0o700)
}

/** Throws FILE_UNWRITABLE, FILE_PERMISSIONS, OUTPUT_UNSAFE. */
export function writeRecord(folder: string, record: StandInRecord): void {
  replaceFile(recordOf(folder, record.primary_port), `${JSON.stringify(record)}\n`, 0o600)
}

/** What is left of one that ended in good order: nothing. */
export function removeRecord(folder: string, port: number): void {
  rmSync(recordOf(folder, port), { force: true })
}

/** In the order of their ports; none where there is no folder. */
export function readRecords(folder: string): readonly StandInRecord[] {
  const names = textOr([], () => readdirSync(folder)).filter((name) => RECORD.test(name))
  const texts = names.map((name) => textOr('', () => readFileSync(join(folder, name), 'utf8')))
  return texts.flatMap((text) => parseStandInRecord(text) ?? []).sort((a, b) => a.primary_port - b.primary_port)
}

/** Leaves the folder to whoever put something else into it. */
export function removeRecords(folder: string): void {
  for (const { primary_port } of readRecords(folder)) removeRecord(folder, primary_port)
  try {
    rmdirSync(folder)
  } catch {
    // There is none, or it is somebody else's.
  }
}

function recordOf(folder: string, port: number): string {
  return join(folder, `${port}.stand-in.json`)
}

/** What is removed meanwhile was not there. */
function textOr<T>(fallback: T, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback
    throw error
  }
}
