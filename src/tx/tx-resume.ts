/**
 * `tx resume [HASH]`: finishes what an earlier run left open (docs/dev/never.md 1). The same bytes are sent again or
 * none, so nobody is asked; `--speed-up` signs the same call once more at the same nonce, with a higher bid, and asks.
 */
import type { ActionResult, Services } from '../cli/services.js'
import { exitCodeOf } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalFault } from '../platform/state/journal.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { withAccountLock } from '../write/account.js'
import type { NonceEnding } from '../write/nonce-ending.js'
import { openIn, readJournals } from '../write/open-nonces.js'
import { isRecent } from '../write/read-with-open.js'
import { resumeAccount } from '../write/resume.js'
import { settleNonce } from '../write/settle-nonce.js'
import { type FoundEntry, findEntries, journalsHere, requireHere, requireSameContract } from './find-entry.js'
import { type EntryJson, entryJson } from './journal-json.js'
import { endingJson, exitCodeOfEndings, warnOfEnding } from './nonce-endings.js'

export interface TxResumeInput {
  readonly hash?: string
  readonly speedUp?: boolean
}

export interface TxResumeJson {
  /** What was open, with its end. */
  readonly transactions: readonly EntryJson[]
  /** What is open and belongs elsewhere. */
  readonly skipped: readonly { readonly hash: string; readonly reason: string }[]
  /** Journals that can't be read, so that what they say of open transactions is not known. */
  readonly faults: readonly JournalFault[]
}

/**
 * Exit 9 where something ended otherwise than wanted, 6 where it is still open, 2 where a journal can't be read. Throws
 * what the table says (write/model/open-transactions), with the others' ends in `details`; WRONG_CHAIN, SELECTOR_*,
 * ACCOUNT_LOCKED, and for `--speed-up` what replaceNonce throws.
 */
export async function run(services: Services, input: TxResumeInput): Promise<ActionResult<TxResumeJson>> {
  const { keys, skipped, only, faults } = await select(services, input.hash)
  for (const { hash, reason } of skipped) services.talk.note(`transaction ${hash} is left as it is: ${reason}`)
  const nonce = only?.entry.transaction.nonce ?? null
  const endings = await (input.speedUp ? speedUp : resumeAll)(services, keys, nonce)
  for (const ending of endings) await warnOfEnding(services, ending)
  if (endings.length === 0 && only) return settledAlready(services, only)
  const exitCode = exitCodeOfEndings(endings)
  return {
    data: { transactions: endings.flatMap(endingJson), skipped, faults },
    exitCode: exitCode === 0 && faults.length > 0 ? exitCodeOf('JOURNAL_INVALID') : exitCode,
  }
}

/** Journals to look at, and the one transaction that is meant if one is. */
async function select(services: Services, hash: string | undefined) {
  const all = await readJournals(services)
  if (hash === undefined) {
    const matters = (entry: JournalEntry) => entry.state.kind === 'open' || isRecent(services, entry)
    const { journals, skipped } = await journalsHere(services, all.journals, matters)
    return { keys: journals.map(({ key }) => key), skipped, only: null, faults: all.faults }
  }
  const only = await requireHere(services, findEntries(all, hash))
  await requireSameContract(services, only)
  return { keys: [only.key], skipped: [], only, faults: [] }
}

/** Whichever of the two is included ends the other. Throws SELECTOR_AMBIGUOUS. */
async function speedUp(services: Services, keys: readonly JournalKey[], only: number | null) {
  const [candidate, ...others] = await openIn(services, keys, only)
  if (!candidate) return []
  const { key, nonce } = candidate
  if (others.length > 0)
    throw new WcnError('SELECTOR_AMBIGUOUS', `${others.length + 1} transactions are open`, {
      hint: `say which one is meant: ${[candidate, ...others].map(({ newest }) => newest.transaction.hash).join(', ')}`,
    })
  return withAccountLock(services, key.signer, async () => {
    // Once more, now that nobody else writes to it.
    const [now] = await openIn(services, [key], nonce)
    return now ? settleNonce(services, now, 'speed-up') : []
  })
}

/** Every account's own way, so that what must not be sent for one does not keep another's from its end. */
async function resumeAll(services: Services, keys: readonly JournalKey[], only: number | null) {
  const endings: NonceEnding[] = []
  const refusals: WcnError[] = []
  for (const signer of new Set(keys.map((key) => key.signer)))
    try {
      const account = { signer, keys: keys.filter((key) => key.signer === signer), only }
      await withAccountLock(services, signer, () =>
        resumeAccount(services, account, (ending) => void endings.push(ending)),
      )
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
      refusals.push(error)
    }
  const [first] = refusals
  if (!first) return endings
  throw first.retold({ details: { transactions: endings.flatMap(endingJson) } })
}

/** The one that was asked about needs nothing any more. */
async function settledAlready({ state, talk }: Services, { key, entry }: FoundEntry) {
  const entries = await (await state()).journal.entries(key)
  const now = entries.find(({ transaction }) => transaction.hash === entry.transaction.hash) ?? entry
  talk.note(`transaction ${entry.transaction.hash} has settled: nothing to resume`)
  return {
    data: { transactions: [entryJson(key, now)], skipped: [], faults: [] },
    exitCode: now.state.kind === 'included' ? 0 : exitCodeOf('SETTLED_OTHERWISE'),
  }
}
