/** Finds out how the open transactions of one nonce ended: at most one of them can be included. */
import type { Services } from '../cli/services.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { type CarriedOut, followEntry, isInBlock, noteEnd } from './carry-out.js'

/** What took a nonce is not always found at once. */
const A_FEW_LOOKS_MS = 2000

export interface Ending {
  readonly entry: JournalEntry
  readonly end: CarriedOut
}

export interface NonceEnding {
  readonly key: JournalKey
  /** The one that tells how the nonce ended, or why it has not. */
  readonly decisive: Ending
  /** All of them, oldest first. */
  readonly all: readonly Ending[]
}

/** What comes after one that is still open. */
export const HELD_UP = { kind: 'unknown', reason: 'a transaction before it is still open', shown: false } as const

/** What the end of the decisive one means for the others, written down. */
export async function conclude(
  services: Services,
  key: JournalKey,
  entries: readonly JournalEntry[],
  decisive: Ending,
): Promise<NonceEnding> {
  const all: Ending[] = []
  for (const entry of entries)
    all.push(entry === decisive.entry ? decisive : { entry, end: await endBeside(services, key, entry, decisive) })
  // Where another took the nonce of the one that was followed, it may be one of these.
  return { key, decisive: all.find(({ end }) => isInBlock(end)) ?? decisive, all }
}

async function endBeside(
  services: Services,
  key: JournalKey,
  entry: JournalEntry,
  { entry: { transaction }, end }: Ending,
): Promise<CarriedOut> {
  if (!isInBlock(end)) {
    const timeoutMs = end.kind === 'replaced' ? A_FEW_LOOKS_MS : 0
    return followEntry(services, key, entry, { timeoutMs, giveUpUnheard: true })
  }
  const state = { kind: 'replaced', by: transaction.hash } as const
  await noteEnd(services, key, entry, state)
  return state
}

/** The newest that a provider shows, or that has settled. */
export async function findKnown(
  services: Services,
  key: JournalKey,
  entries: readonly JournalEntry[],
): Promise<Ending | null> {
  for (const entry of entries.toReversed()) {
    const end = await followEntry(services, key, entry, { timeoutMs: 0, giveUpUnheard: true })
    // Where no answer came, it may be anybody's that waits at its nonce.
    if (end.kind === 'unknown' ? end.shown : !isUnknownToAll(end)) return { entry, end }
  }
  return null
}

export function isUnknownToAll({ kind }: CarriedOut): boolean {
  return kind === 'unheard' || kind === 'dropped'
}
