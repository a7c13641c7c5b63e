/**
 * An account as the chain shows it, with what this tool has under way there, so that the two agree. A block may leave the
 * chain again, and with it what was written down as included; and a provider may have said how a transaction ended that
 * has not. What the journal holds as settled while the chain shows its nonce unused is open once more: its bytes may be
 * included any time (docs/dev/never.md 1, "Chain facts").
 */
import type { AccountSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { countsDiffer } from './account.js'
import { followEntry, isInBlock, journalKey } from './carry-out.js'
import { MOST_FILLED } from './model/open-transactions.js'
import type { Ending } from './nonce-ending.js'
import { accountJournals, type OpenNonce, ofAccount, openNonces, readJournals } from './open-nonces.js'

/** In some block times: a provider that counts fewer transactions than it shows will have caught up. */
const LOOKS = 12
const PAUSE_MS = 500
/** Reorganisations that reach further back are rarer than clocks that are wrong by that much. */
const RECENT_S = 3600
const A_FEW_BLOCKS_MS = 6000

/**
 * The caller holds the account's lock: what turns out not to be settled is open again. Throws what `read` throws,
 * JOURNAL_INVALID, and RPC_ERROR where the provider keeps contradicting itself.
 */
export async function readWithOpen<T extends AccountSnapshot>(
  services: Services,
  read: () => Promise<T>,
): Promise<{ readonly snapshot: T; readonly open: readonly OpenNonce[] }> {
  const { journal } = await services.state()
  const what = 'reading the cluster and the account'
  return waiting(services, { what }, async (wait) => {
    for (let look = 1; ; look++) {
      const snapshot = await read()
      const own = journalKey(snapshot)
      // Throws where the journal that is about to be written is damaged; others are warned of.
      await journal.entries(own)
      const isDoubtful = (entry: JournalEntry) => isContradicted(entry, snapshot)
      const mine = ofAccount((await readJournals(services)).journals, own)
      if (!mine.some(({ entries }) => entries.some(isDoubtful))) return { snapshot, open: openNonces(mine) }
      for (const { key, entries } of mine) await reopenOrphans(services, key, entries.filter(isDoubtful), snapshot)
      // What is settled all the same, this provider has not counted yet.
      const still = (await accountJournals(services, own)).flatMap(({ entries }) => entries).find(isDoubtful)
      if (still && look === LOOKS) throw countsDiffer(own.signer, still.transaction.nonce + 1, snapshot.account.nonce)
      if (still) await wait.sleep(PAUSE_MS)
    }
  })
}

/**
 * Writes down what is open again, and gives what another transaction has taken the place of. The caller holds the
 * account's lock, and reads the journal anew.
 */
export async function reopenOrphans(
  services: Services,
  key: JournalKey,
  entries: readonly JournalEntry[],
  snapshot: AccountSnapshot,
): Promise<readonly Ending[]> {
  const lost: Ending[] = []
  const reopened = new Set<JournalEntry>()
  const doubtful = entries.filter((entry) => isContradicted(entry, snapshot))
  // Where the provider lags, it is those in blocks that tell.
  const inBlocks = doubtful.some(({ state }) => isInBlock(state))
  const contradicts = (entry: JournalEntry) => doubtful.includes(entry) && (isInBlock(entry.state) || !inBlocks)
  const lookFor = (timeoutMs: number) => async (entry: JournalEntry) =>
    [entry, await followEntry(services, key, entry, { timeoutMs, giveUpUnheard: true })] as const
  // All at once, and so in one batch.
  const recent = entries.filter((entry) => isRecent(services, entry) && !contradicts(entry))
  const ends = new Map(await Promise.all(recent.map(lookFor(0))))
  for (const entry of entries) {
    const contradicted = contradicts(entry)
    if (reopened.has(entry) || !(contradicted || ends.has(entry))) continue
    // A server that lags counts fewer transactions than there are, and soon shows this one.
    const end = ends.get(entry) ?? (await lookFor(A_FEW_BLOCKS_MS)(entry))[1]
    if (isInBlock(end)) continue
    // Its nonce is used: by the same transaction, perhaps in another block now, or by another one.
    if (end.kind === 'replaced') {
      if (isRecent(services, entry)) lost.push({ entry, end })
    } else if (contradicted && isContradicted(entry, await (await services.chain()).readAccount(key.signer)))
      for (const one of await reopen(services, key, entry, entries)) reopened.add(one)
  }
  return lost
}

async function reopen(
  services: Services,
  key: JournalKey,
  entry: JournalEntry,
  entries: readonly JournalEntry[],
): Promise<readonly JournalEntry[]> {
  const { hash } = entry.transaction
  const why = isInBlock(entry.state)
    ? 'was included, and its block is no longer part of the chain'
    : `had come to nothing (${entry.state.kind}), and its nonce is not used`
  services.talk.warn(`transaction ${hash} (${entry.what.title}) ${why}: it is open again`)
  const { journal } = await services.state()
  const losers = entries.filter(({ state }) => state.kind === 'replaced' && state.by === hash)
  const all = [entry, ...losers]
  for (const one of all) await journal.put(key, { ...one, state: { kind: 'open' } })
  return all
}

export function isRecent({ clock }: Services, { state, signedAt }: JournalEntry): boolean {
  return isInBlock(state) && Math.abs(clock.now() - signedAt) < RECENT_S
}

/**
 * Whether the chain contradicts the journal. Of what came to nothing only what lies beyond the next nonce matters: at
 * that nonce the next write takes its place. What lies far beyond it can't be included for a long time.
 */
function isContradicted({ state, transaction }: JournalEntry, { account }: AccountSnapshot): boolean {
  const ahead = transaction.nonce - account.nonce
  if (state.kind === 'open' || ahead > MOST_FILLED) return false
  return isInBlock(state) ? ahead >= 0 : ahead > 0
}
