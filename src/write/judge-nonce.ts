/** What is the matter with what was signed for one nonce, as far as providers show it (write/model/open-transactions). */

import type { AccountSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { ErrorCode } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import { accountBusy } from './account.js'
import { followEntry, isFinal } from './carry-out.js'
import { missingNonces, type Standing } from './model/open-transactions.js'
import { type Ending, isUnknownToAll, lookForKnown, type NonceEntries, newestOf } from './nonce-ending.js'
import { ownNonces } from './open-transactions.js'
import { bidTooHigh, changedBase, maintenanceOpen } from './resend-refusal.js'

/** What one server of a provider knows, the next one may learn a moment later: more than a block takes. */
const LOOKS = 12
const LOOK_EVERY_MS = 250
/** What is missing may be on its way to the provider. */
const A_FEW_BLOCKS_MS = 6000
const LOOK_AT_ACCOUNT_EVERY_MS = 500

export interface Judgement {
  readonly standing: Standing
  /** What a provider shows, or has settled; null where nobody knows any of them. */
  readonly known: Ending | null
  readonly snapshot: AccountSnapshot
  /** Of the nonces before it, those that nobody knows a transaction of. */
  readonly missing: readonly number[]
  /** Where a command refuses. */
  readonly refuse: (code: ErrorCode) => WcnError
}

/** The caller holds the account's lock. Throws what reading throws. */
export async function judgeNonce(services: Services, key: JournalKey, open: NonceEntries): Promise<Judgement> {
  const newest = newestOf(open)
  const { nonce } = newest.transaction
  const chain = await services.chain()
  const before = await untilNothingMissing(services, key, nonce)
  const judged = (
    standing: Standing,
    known: Ending | null,
    snapshot: AccountSnapshot,
    why: WcnError | null = null,
  ) => ({
    standing,
    known,
    snapshot,
    missing: before.missing,
    refuse: (code: ErrorCode) => refusal(code, why, newest),
  })
  const { account } = before.snapshot
  if (account.nonce <= nonce && account.pendingNonce < nonce) {
    const standing = before.missing.length > 0 ? 'stranded' : 'behind'
    return judged(standing, null, before.snapshot, cannotBeIncluded(newest, before.snapshot, before.missing))
  }
  const known = account.nonce > nonce ? null : await look(services, key, open)
  const snapshot = account.nonce > nonce ? before.snapshot : await chain.readAccount(key.signer)
  if (snapshot.account.nonce > nonce || (known && isFinal(known.end))) return judged('settled', known, snapshot)
  const changed = await changedBase(services, key, newest)
  const asItWaits = changed ? 'overtaken' : 'waiting'
  if (known?.entry === newest) return judged(asItWaits, known, snapshot, changed)
  if (!known && snapshot.account.pendingNonce > nonce) return judged('contested', null, snapshot, accountBusy(snapshot))
  const tooDear = bidTooHigh(services, newest)
  const unattended = newest.what.kind === 'maintenance-enter' ? maintenanceOpen(newest) : null
  const why = tooDear ?? unattended ?? changed
  if (why === null) return judged('lost', known, snapshot)
  // An older one is known: it is as good, or was to be replaced.
  if (known) return judged(asItWaits, known, snapshot, changed)
  return judged(tooDear ? 'too-dear' : unattended ? 'unattended' : 'outdated', null, snapshot, why)
}

async function untilNothingMissing(services: Services, key: JournalKey, nonce: number) {
  const { clock, deadline } = services
  const chain = await services.chain()
  const own = await ownNonces(services, key)
  for (let waitedMs = 0; ; waitedMs += LOOK_AT_ACCOUNT_EVERY_MS) {
    const snapshot = await chain.readAccount(key.signer)
    const missing = missingNonces(snapshot.account.pendingNonce, own, nonce)
    if (missing.length === 0 || waitedMs >= A_FEW_BLOCKS_MS || deadline.remainingMs() <= LOOK_AT_ACCOUNT_EVERY_MS)
      return { snapshot, missing }
    await clock.sleep(LOOK_AT_ACCOUNT_EVERY_MS)
  }
}

/** Null where nobody knows any of them. */
async function look(services: Services, key: JournalKey, open: NonceEntries): Promise<Ending | null> {
  const newest = newestOf(open)
  for (let looks = 1; ; looks++) {
    const end = await followEntry(services, key, newest, { timeoutMs: 0, giveUpUnheard: true })
    if (!isUnknownToAll(end)) return { entry: newest, end }
    if (looks === LOOKS || services.deadline.remainingMs() === 0) break
    await services.clock.sleep(LOOK_EVERY_MS)
  }
  return lookForKnown(services, key, open.slice(0, -1))
}

function cannotBeIncluded(
  { transaction: { hash, nonce }, what }: JournalEntry,
  { account }: AccountSnapshot,
  missing: readonly number[],
): WcnError {
  const [first] = missing
  return new WcnError(
    'TRANSACTION_OPEN',
    `transaction ${hash} (${what.title}) can't be included: its nonce is ${nonce}, and nobody knows a transaction with nonce ${first ?? account.pendingNonce} of ${account.address}, which comes before it`,
    {
      hint:
        first === undefined
          ? '`wcn tx resume` without a hash finishes what this tool sent before it'
          : `\`wcn tx cancel ${hash}\` gives it up and fills what is missing; where other software signed that and it is still wanted, have it sent again first`,
      details: {
        hash,
        nonce,
        next_nonce: account.nonce,
        missing_nonce: first ?? account.pendingNonce,
        stranded: first !== undefined,
      },
    },
  )
}

/** Whether it is such a refusal, because something before it is missing that nobody here can send. */
export function isStranded(error: unknown): error is WcnError {
  return error instanceof WcnError && error.details?.stranded === true
}

function refusal(code: ErrorCode, why: WcnError | null, { transaction: { hash, nonce } }: JournalEntry): WcnError {
  if (why === null) throw new Error(`nothing speaks against transaction ${hash} at nonce ${nonce}`)
  return new WcnError(code, why.message, { hint: why.hint, details: why.details })
}
