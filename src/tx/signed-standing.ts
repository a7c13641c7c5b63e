/** Compares a transaction that was signed elsewhere with the chain as it is now: on it already, stale, or still to be sent. */
import type { WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import { accountBusy } from '../write/account.js'
import { follow, followEntry, journalKey } from '../write/carry-out.js'
import { changedSince } from '../write/model/write-base.js'
import { ofAccount, openNonces, readJournals } from '../write/open-nonces.js'
import type { Sent } from '../write/read-back.js'
import { stillOpen } from '../write/resume.js'
import { transactionFailure } from '../write/transaction-failure.js'
import type { SignedDocument } from '../write/unsigned-file.js'

/** As long as a write waits by itself. */
const PATIENCE_MS = 120_000

export interface SignedSource {
  readonly document: SignedDocument
  /** The file's name. */
  readonly source: string
  readonly dryRun: boolean
}

/**
 * Where it was sent before, and what is waiting is waited for; null where it is still to be sent. Throws STATE_CHANGED,
 * TRANSACTION_OPEN, ACCOUNT_BUSY, and what transactionFailure gives.
 */
export async function findSent(
  services: Services,
  signed: SignedSource,
  snapshot: WriteSnapshot,
): Promise<Sent | null> {
  const { document, dryRun } = signed
  const { hash, nonce } = document
  const { account } = snapshot
  const key = journalKey(snapshot)
  await (await services.state()).journal.entries(key)
  const journals = ofAccount((await readJournals(services)).journals, key)
  const open = openNonces(journals).flatMap(({ entries }) => entries)
  const own = open.find(({ transaction }) => transaction.hash === hash)
  const isBusy = account.pendingNonce > account.nonce
  let waiting = false
  if (account.nonce > nonce || own || isBusy) {
    const looking = { timeoutMs: dryRun ? 0 : PATIENCE_MS, giveUpUnheard: true }
    const entry = own ?? entryOf(document, document.what.title, 0)
    const end = await (own && !dryRun ? followEntry(services, key, own, looking) : follow(services, entry, looking))
    if (end.kind === 'included') return { key, entry, receipt: end.receipt }
    waiting = end.kind === 'unknown' && end.shown
    if (end.kind === 'reverted' || (end.kind === 'unknown' && !dryRun))
      throw await transactionFailure(services, entry, end)
    if (end.kind === 'replaced' || account.nonce > nonce) throw nonceUsed(signed)
  }
  const other = open.find(({ transaction }) => transaction.hash !== hash)
  if (other) throw stillOpen(other, 'it comes first')
  if (isBusy && !waiting) throw accountBusy(snapshot)
  requireStillMeant(signed, snapshot)
  return null
}

/** Throws STATE_CHANGED. */
export function requireStillMeant(signed: SignedSource, snapshot: WriteSnapshot): void {
  const { nonce, from, base } = signed.document
  const next = snapshot.account.nonce
  if (next > nonce) throw nonceUsed(signed)
  if (next < nonce)
    throw new WcnError(
      'STATE_CHANGED',
      `${signed.source} has nonce ${nonce}, and the next one of account ${from} is ${next}: nothing can include it yet`,
      { hint: 'send what comes before it first, or have it made anew with --unsigned' },
    )
  const changes = changedSince(base, snapshot)
  if (changes.length > 0) throw stale(signed, `${changes.join(' and ')} after it was made`, changes)
}

/** What the journal holds of it. `title` comes from its calldata. */
export function entryOf(document: SignedDocument, title: string, signedAt: number): JournalEntry {
  const { hash, raw, nonce, from, to, data, gas, fees, what, base } = document
  const transaction = { hash, raw, nonce, from }
  const order = { request: { to, data }, gas, fees, what: { kind: what.kind, title }, base }
  return { transaction, ...order, signedAt, supersedes: null, state: { kind: 'open' } }
}

export function nonceUsed(signed: SignedSource): WcnError {
  const { nonce, from } = signed.document
  return stale(signed, `nonce ${nonce} of account ${from} was used by another transaction`)
}

function stale({ source }: SignedSource, why: string, changes: readonly string[] = []): WcnError {
  return new WcnError('STATE_CHANGED', `${source} is stale, so it was not sent: ${why}`, {
    hint: 'look at what is on chain now, and have it made anew with --unsigned',
    details: { changes },
  })
}
