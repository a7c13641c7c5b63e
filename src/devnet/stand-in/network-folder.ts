/**
 * The folder of a development chain's stand-ins, through which commands and stand-ins talk: a stand-in writes what it is,
 * a command writes a word to it. Files, and no socket: they have no longest path, and every system has them. Only their
 * owner may read or write them. A stand-in is known by its primary port, which nobody else of the machine has.
 */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ChainFault } from '../../anvil/chain-faults.js'
import { makeDirectory, replaceFile } from '../../platform/files/safe-write.js'
import {
  parseChainFault,
  parseStandInRecord,
  parseWord,
  type StandInRecord,
  type Word,
} from '../model/stand-in-record.js'

const RECORD = /^\d+\.stand-in\.json$/
const WORD = /^(\d+)\.word\.json$/
const CHAIN_FAULT = 'chain.json'
const LISTEN_EVERY_MS = 100

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

/** Throws FILE_UNWRITABLE where it can't be said, as on a full disk. */
export function say(folder: string, port: number, word: Word): void {
  replaceFile(wordTo(folder, port), `${JSON.stringify(word)}\n`, 0o600)
}

/** Nobody need hear it any more. */
export function unsay(folder: string, port: number): void {
  rmSync(wordTo(folder, port), { force: true })
}

/** Tells of each word once, to whom it is said, until it is stopped. */
export function listen(folder: string, hear: (port: number, word: Word) => void): () => void {
  const heard = new Set<string>()
  const timer = setInterval(() => {
    for (const name of textOr([], () => readdirSync(folder))) {
      const [, port] = WORD.exec(name) ?? []
      const word = port === undefined ? null : parseWord(textOr('', () => readFileSync(join(folder, name), 'utf8')))
      if (word === null || heard.has(word.id)) continue
      heard.add(word.id)
      hear(Number(port), word)
    }
  }, LISTEN_EVERY_MS)
  return () => clearInterval(timer)
}

export function writeChainFault(folder: string, fault: ChainFault): void {
  replaceFile(join(folder, CHAIN_FAULT), `${JSON.stringify(fault)}\n`, 0o600)
}

export function removeChainFault(folder: string): void {
  rmSync(join(folder, CHAIN_FAULT), { force: true })
}

/** What is wrong with the chain on purpose; null: nothing. */
export function readChainFault(folder: string): ChainFault | null {
  return parseChainFault(textOr('', () => readFileSync(join(folder, CHAIN_FAULT), 'utf8')))
}

export function removeFile(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true })
}

/** Leaves the folder to whoever put something else into it. */
export function removeRecords(folder: string): void {
  removeChainFault(folder)
  for (const { primary_port } of readRecords(folder)) {
    removeRecord(folder, primary_port)
    unsay(folder, primary_port)
  }
  try {
    rmdirSync(folder)
  } catch {
    // There is none, or it is somebody else's.
  }
}

function recordOf(folder: string, port: number): string {
  return join(folder, `${port}.stand-in.json`)
}

function wordTo(folder: string, port: number): string {
  return join(folder, `${port}.word.json`)
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
