/**
 * The journal on disk (docs/dev/never.md 1): one file per chain, genesis block, contract and signer, always replaced
 * as a whole and synced, so that a run killed anywhere leaves the old one or the new one.
 */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { invalidStateFile } from '../../documents/state-document.js'
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf, named, unreadable } from '../files/file-errors.js'
import type { JournalEntry, JournalKey } from './journal-entry.js'
import { formatJournal, JOURNAL_DOCUMENT, type JournalContent, parseJournal } from './journal-file.js'
import { MAX_STATE_BYTES, readStateFile, writeStateFile } from './state-file.js'

/** So many entries that have settled are kept, or fewer where they are large. */
const SETTLED_KEPT = 100

export interface JournalFile extends JournalContent {
  readonly path: string
}

/** A file that is no journal, or can't be read. It is never touched. */
export interface JournalFault {
  readonly path: string
  readonly reason: string
}

export type Journal = ReturnType<typeof createJournal>

export function createJournal(directory: string) {
  const pathOf = (key: JournalKey) => join(directory, nameOf(key))
  return {
    /** Oldest first; none where there is no file. Throws JOURNAL_INVALID, FILE_UNREADABLE, naming the file. */
    async entries(key: JournalKey): Promise<readonly JournalEntry[]> {
      return entriesOf(pathOf(key), key)
    },
    /**
     * Adds the entry, or takes the place of the one with its hash; on disk when it returns. Old entries that have settled
     * make room. Throws like `entries`, and FILE_UNWRITABLE. The caller holds the account's lock.
     */
    async put(key: JournalKey, entry: JournalEntry): Promise<void> {
      requireSound(key, entry)
      const path = pathOf(key)
      const text = fitting(key, withEntry(entriesOf(path, key), entry))
      writeStateFile(path, text)
    },
    /** Every journal there is; never throws for a single one. */
    async all(): Promise<{ readonly journals: readonly JournalFile[]; readonly faults: readonly JournalFault[] }> {
      const journals: JournalFile[] = []
      const faults: JournalFault[] = []
      for (const path of journalsIn(directory)) {
        try {
          const content = readJournal(path)
          if (content !== null) journals.push({ path, ...content })
        } catch (error) {
          if (!(error instanceof WcnError)) throw error
          faults.push({ path, reason: reasonOf(error, path) })
        }
      }
      return { journals, faults }
    },
  }
}

/** The first digits of the genesis hash are enough to tell a chain that was started anew; the file holds all of them. */
function nameOf({ chainId, genesisHash, contract, signer }: JournalKey): string {
  return `${chainId}-${genesisHash.slice(2, 10)}-${contract ?? 'deploy'}-${signer}.json`
}

function entriesOf(path: string, key: JournalKey): readonly JournalEntry[] {
  const content = readJournal(path)
  if (content !== null && content.key.genesisHash !== key.genesisHash)
    throw invalidStateFile(path, 'it is of a chain with another genesis block', JOURNAL_DOCUMENT)
  return content?.entries ?? []
}

/** Null where there is no such file. */
function readJournal(path: string): JournalContent | null {
  const text = readStateFile(path, JOURNAL_DOCUMENT)
  if (text === null) return null
  const content = parseJournal(text, path)
  const name = nameOf(content.key)
  // Renamed, or copied from elsewhere: somebody else's.
  if (name !== basename(path)) throw invalidStateFile(path, `its content belongs in ${name}`, JOURNAL_DOCUMENT)
  return content
}

/** What could not be read again would stand in the way of every later write. A bug, where it throws. */
function requireSound(key: JournalKey, entry: JournalEntry): void {
  if (entry.transaction.from !== key.signer) throw new Error('a transaction of another account than the journal')
  try {
    parseJournal(formatJournal({ key, entries: [entry] }), 'the new entry')
  } catch (error) {
    throw new Error('a transaction that the journal could not be read with', { cause: error })
  }
}

function withEntry(entries: readonly JournalEntry[], entry: JournalEntry): readonly JournalEntry[] {
  const same = ({ transaction }: JournalEntry) => transaction.hash === entry.transaction.hash
  return entries.some(same) ? entries.map((old) => (same(old) ? entry : old)) : [...entries, entry]
}

/** The file's text, from which old entries are left out that have settled. */
function fitting(key: JournalKey, entries: readonly JournalEntry[]): string {
  for (let kept = SETTLED_KEPT; ; kept = Math.floor(kept / 2)) {
    const text = formatJournal({ key, entries: withoutOld(entries, kept) })
    if (Buffer.byteLength(text) <= MAX_STATE_BYTES) return text
    if (kept > 0) continue
    throw new WcnError('FILE_UNWRITABLE', `the journal would be longer than ${MAX_STATE_BYTES} bytes`, {
      hint: 'see what became of the open transactions: wcn tx resume',
    })
  }
}

function withoutOld(entries: readonly JournalEntry[], kept: number): readonly JournalEntry[] {
  let tooMany = entries.filter(({ state }) => state.kind !== 'open').length - kept
  return entries.filter(({ state }) => state.kind === 'open' || tooMany-- <= 0)
}

function journalsIn(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    return names.sort().map((name) => join(directory, name))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw unreadable(directory, error)
  }
}

/** The error's words, for a list that names the file already. */
function reasonOf({ message, details }: WcnError, path: string): string {
  const shown = named(path)
  if (message.startsWith(`cannot read ${shown}: `)) return `it can't be read: ${message.slice(14 + shown.length)}`
  return typeof details?.reason === 'string' ? details.reason : message
}
