/**
 * `tx cancel HASH`: an empty transfer to oneself takes the nonce of a transaction that is still open, so that it can
 * never be included. Only what this tool sent is ever cancelled: another's may be the primary node finishing a migration
 * (docs/dev/never.md 2).
 */
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import { withAccountLock } from '../write/account.js'
import { isInBlock } from '../write/carry-out.js'
import type { NonceEnding } from '../write/nonce-ending.js'
import { openIn, readJournals } from '../write/open-nonces.js'
import { reopenOrphans } from '../write/read-with-open.js'
import { settleNonce } from '../write/settle-nonce.js'
import { transactionFailure } from '../write/transaction-failure.js'
import { type FoundEntry, findEntries, requireHere } from './find-entry.js'
import { type EntryJson, entryJson } from './journal-json.js'
import { endingJson } from './nonce-endings.js'

const LOOK_FIRST = 'look at what is on chain now, and write what you want instead'

export interface TxCancelJson {
  /** False where it had come to nothing before. */
  readonly cancelled: boolean
  /** What was signed for that nonce, or for others that had to be cleared away, and was open; or the one that had settled. */
  readonly transactions: readonly EntryJson[]
}

/**
 * Where a transaction before it is missing, all of the account's beyond that are cancelled. Throws USAGE, SELECTOR_*,
 * WRONG_CHAIN; TRANSACTION_INVALID where it is included already; SETTLED_OTHERWISE where it was included after all; and
 * what settleNonce throws.
 */
export async function run(
  services: Services,
  { hash }: { readonly hash: string },
): Promise<ActionResult<TxCancelJson>> {
  const candidates = findEntries(await readJournals(services), hash)
  if (candidates.every(({ entry }) => cameToNothing(entry))) return nothingToCancel(services, candidates[0])
  const found = await requireHere(services, candidates)
  return withAccountLock(services, found.key.signer, () => cancel(services, found))
}

async function cancel(services: Services, found: FoundEntry): Promise<{ readonly data: TxCancelJson }> {
  const { key } = found
  const { hash, nonce } = found.entry.transaction
  const { journal } = await services.state()
  const snapshot = await (await services.chain()).readAccount(key.signer)
  await reopenOrphans(services, key, await journal.entries(key), snapshot)
  // Once more, now that nobody else writes to it.
  const entry = (await journal.entries(key)).find(({ transaction }) => transaction.hash === hash) ?? found.entry
  if (cameToNothing(entry)) return nothingToCancel(services, { ...found, entry })
  if (isInBlock(entry.state)) throw tooLate(entry, entry.state.block.number)

  const [open] = await openIn(services, [key], nonce)
  if (!open) throw new Error('an open transaction is not among the open ones')
  const endings = await settleNonce(services, open, 'cancel')
  for (const { decisive, all } of endings) {
    // Nothing was signed to cancel it: the nonce was used before.
    const usedBefore = all.every((one) => open.entries.includes(one.entry))
    if (usedBefore && decisive.entry.what.kind !== 'cancel' && isInBlock(decisive.end))
      throw tooLate(decisive.entry, decisive.end.receipt.block.number)
  }
  return cancelled(services, endings)
}

function cameToNothing({ state }: JournalEntry): boolean {
  return state.kind === 'replaced' || state.kind === 'rejected'
}

function nothingToCancel({ talk }: Services, { key, entry }: FoundEntry): { readonly data: TxCancelJson } {
  talk.note(`transaction ${entry.transaction.hash} (${entry.what.title}) has come to nothing already`)
  return { data: { cancelled: false, transactions: [entryJson(key, entry)] } }
}

function tooLate({ transaction: { hash }, what }: JournalEntry, block: number): WcnError {
  return new WcnError(
    'TRANSACTION_INVALID',
    `transaction ${hash} (${what.title}) can't be cancelled: block ${block} includes it`,
    { hint: LOOK_FIRST, details: { hash, block } },
  )
}

/** Throws SETTLED_OTHERWISE where what was to be cancelled won; OUTCOME_UNKNOWN, DROPPED. */
async function cancelled(services: Services, endings: readonly NonceEnding[]) {
  const transactions = endings.flatMap(endingJson)
  for (const { decisive } of endings) {
    const { entry, end } = decisive
    // Whoever took the nonce: it can never be included. What is rejected here was given up as it is.
    if (end.kind === 'replaced' || end.kind === 'rejected') continue
    if (!isInBlock(end)) throw (await transactionFailure(services, entry, end)).retold({ details: { transactions } })
    if (entry.what.kind === 'cancel') continue
    const { hash } = entry.transaction
    const { block } = end.receipt
    const how =
      end.kind === 'included' ? 'was included after all' : 'was included after all, and refused by the contract'
    throw new WcnError(
      'SETTLED_OTHERWISE',
      `transaction ${hash} (${entry.what.title}) ${how}, in block ${block.number}: it could not be cancelled any more`,
      { hint: LOOK_FIRST, details: { hash, block, transactions } },
    )
  }
  return { data: { cancelled: true, transactions } }
}
