/**
 * The open transactions of one nonce (one, as a rule; more where it was sped up or cancelled) brought to their end: at
 * most one of them can be included. The newest is what was wanted last; only that is ever sent again
 * (design/reliability.md 1).
 */
import type { JournalEntry } from '../core/journal/journal-entry.js'
import type { Services } from '../core/ports/services.js'
import type { JournalKey } from '../core/ports/state.js'
import { type CarriedOut, carryOut, followEntry, noteEnd } from './carry-out.js'
import { resendRefusal } from './resend-refusal.js'

/** What took a nonce is not always found at once. */
const A_FEW_LOOKS_MS = 2000

/** Oldest first; at least one. */
export type NonceEntries = readonly [JournalEntry, ...JournalEntry[]]

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

export function newestOf(entries: NonceEntries): JournalEntry {
  return entries.at(-1) ?? entries[0]
}

/** The caller holds the account's lock. Throws what resendRefusal gives where the newest must not be sent again. */
export async function resumeNonce(services: Services, key: JournalKey, open: NonceEntries): Promise<NonceEnding> {
  const newest = newestOf(open)
  const { transaction, what } = newest
  services.talk.note(
    `transaction ${transaction.hash} (${what.title}) of an earlier run is open: looking what became of it`,
  )
  const end = await followEntry(services, key, newest, { giveUpUnheard: true })
  if (!isUnknownToAll(end)) return conclude(services, key, open, { entry: newest, end })

  const known = await lookForKnown(services, key, open.slice(0, -1))
  if (known && known.end.kind !== 'unknown') return conclude(services, key, open, known)
  const refusal = await resendRefusal(services, key, newest, { siblingWaits: known !== null })
  if (refusal === null) {
    const sent = { entry: newest, end: await carryOut(services, key, newest) }
    if (!known || sent.end.kind !== 'rejected') return conclude(services, key, open, sent)
  }
  if (!known) throw refusal
  const waited = await followEntry(services, key, known.entry, { giveUpUnheard: false })
  return conclude(services, key, open, { entry: known.entry, end: waited })
}

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

/** No provider knows any of them, and none has settled. */
export async function isUnknownEverywhere(services: Services, key: JournalKey, open: NonceEntries): Promise<boolean> {
  return (await lookForKnown(services, key, open)) === null
}

/** The newest that a provider knows, or that has settled. */
async function lookForKnown(
  services: Services,
  key: JournalKey,
  older: readonly JournalEntry[],
): Promise<Ending | null> {
  for (const entry of older.toReversed()) {
    const end = await followEntry(services, key, entry, { timeoutMs: 0, giveUpUnheard: true })
    // Where no answer came, it may be anybody's that waits at its nonce.
    if (end.kind === 'unknown' ? end.shown : !isUnknownToAll(end)) return { entry, end }
  }
  return null
}

function isUnknownToAll({ kind }: CarriedOut): boolean {
  return kind === 'unheard' || kind === 'dropped'
}

function isInBlock({ kind }: CarriedOut): boolean {
  return kind === 'included' || kind === 'reverted'
}
