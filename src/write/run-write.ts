/**
 * A write from reading to its end. Who loses the race for a nonce starts again from what is on chain then: the plan is
 * made anew, and carried out if it still changes what was consented to (docs/dev/never.md 2).
 */
import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import { rememberContract, reportImplementation } from '../read/contract-knowledge.js'
import { withAccountLock } from './account-lock.js'
import { finishOpen } from './finish-open.js'
import { lookForKnown } from './nonce-ending.js'
import { type OpenTransaction, waitForForeign } from './open-transactions.js'
import { readWithOpen } from './read-with-open.js'
import { requireSeenPool } from './require-seen-pool.js'
import { bidTooHigh } from './resend-refusal.js'
import { accountBusy, attemptWrite, type Consent, journalKey, type Sent, type WriteIntent } from './send-write.js'
import type { UnsignedFiles } from './write-unsigned.js'

/** Each round has a winner; this many competitors at once are more than anybody has. */
const ROUNDS = 64
/** So that competitors don't stay in step. */
const LONGEST_PAUSE_MS = 255

/** What a state asks for: a transaction, or nothing (any more). */
export type WritePlan<T> =
  | { readonly kind: 'nothing'; readonly result: T }
  | {
      readonly kind: 'write'
      readonly intent: WriteIntent
      /** The encryption key that addresses are written with, where it is proven to be the cluster's. */
      readonly provenKey: EncryptionKey | null
      readonly finish: (end: WriteEnd) => Promise<T>
    }

/** `unsigned`: written down for somebody else to sign. */
export type WriteEnd =
  | { readonly kind: 'dry-run' }
  | { readonly kind: 'unsigned'; readonly files: UnsignedFiles }
  | { readonly kind: 'sent'; readonly sent: Sent }

export interface WriteTask<T> {
  readonly account: Address
  readonly dryRun: boolean
  /** The file for a transaction that is signed elsewhere. */
  readonly unsigned?: string | undefined
  /** What undoes a write that was consented to asks nobody. */
  readonly unasked?: boolean
  /** What an earlier run left open never counts as this run's own, though it does the very same. */
  readonly ownOnly?: boolean
  /** Called for every state that is read; throws where that must not be written to. */
  readonly plan: (snapshot: WriteSnapshot) => Promise<WritePlan<T>>
}

/**
 * Throws what plan throws; ACCOUNT_LOCKED, ACCOUNT_BUSY, JOURNAL_INVALID; TRANSACTION_OPEN and STATE_CHANGED where an
 * earlier transaction must be decided upon first; and what attemptWrite throws.
 */
export function runWrite<T>(services: Services, task: WriteTask<T>): Promise<T> {
  if (task.dryRun || task.unsigned !== undefined) return rehearse(services, task)
  return withAccountLock(services, task.account, () => compete(services, task))
}

async function rehearse<T>(services: Services, { account, plan, dryRun, unsigned }: WriteTask<T>): Promise<T> {
  const snapshot = await (await services.chain()).readClusterForWrite(account)
  const planned = await plan(snapshot)
  if (planned.kind === 'nothing') return planned.result
  if (unsigned !== undefined) await reportImplementation(services, snapshot)
  if (unsigned !== undefined && !dryRun)
    return planned.finish({
      kind: 'unsigned',
      files: await (await import('./write-unsigned.js')).writeUnsigned(services, unsigned, snapshot, planned.intent),
    })
  await attemptWrite(services, snapshot, planned.intent, { dryRun: true })
  return planned.finish({ kind: 'dry-run' })
}

async function compete<T>(
  services: Services,
  { account, unasked = false, ownOnly = false, plan }: WriteTask<T>,
): Promise<T> {
  const chain = await services.chain()
  const contract = services.settings.contractAddress()
  let consent: Consent = { changes: null }
  for (let round = 1; ; round++) {
    const { snapshot, open } = await readWithOpen(services, contract, () => chain.readClusterForWrite(account))
    if (round === 1) await reportImplementation(services, snapshot)
    if (round > ROUNDS) throw accountBusy(snapshot)
    const planned = await plan(snapshot).catch((error: unknown) => {
      // What an earlier transaction is about to change may be in the way only now.
      if (open.length === 0) throw error
      return null
    })
    const twin = planned?.kind === 'write' && !ownOnly ? twinOf(planned.intent, open, snapshot) : undefined
    const tooDear = twin && bidTooHigh(services, twin)
    if (tooDear) throw tooDear
    if (!twin && open.length > 0) {
      await finishOpen(services, open, { unasked })
      continue
    }
    if (planned === null) continue
    if (planned.kind === 'nothing') return planned.result
    requireSeenPool(services, snapshot)
    if (await isForeign(services, snapshot, twin)) {
      await waitForForeign(services, snapshot)
      continue
    }
    const attempt = await attemptWrite(services, snapshot, planned.intent, { dryRun: false, unasked, consent, twin })
    if (attempt.kind === 'sent') {
      await rememberContract(services, snapshot, planned.provenKey)
      return planned.finish(attempt)
    }
    if (attempt.kind === 'dry-run') throw new Error('a write ended as a dry run')
    consent = attempt.consent
    services.talk.note('another transaction of this account came first: starting again from what is on chain now')
    await services.clock.sleep(services.randomBytes(1)[0] ?? LONGEST_PAUSE_MS)
  }
}

/** Whether what waits in the pool at the account's nonce is another's. */
async function isForeign(services: Services, snapshot: WriteSnapshot, twin: JournalEntry | undefined) {
  if (snapshot.account.pendingNonce <= snapshot.account.nonce) return false
  return !twin || (await lookForKnown(services, journalKey(snapshot, snapshot.contract), [twin])) === null
}

/** An earlier run's transaction that does the very same at the very nonce, such as that of a run that was killed. */
function twinOf({ transaction }: WriteIntent, open: readonly OpenTransaction[], { account }: WriteSnapshot) {
  const [first, ...others] = open
  if (!first || others.length > 0 || first.entry.transaction.nonce !== account.nonce) return undefined
  const { to, data } = first.entry.request
  return to === transaction.to && data === transaction.data ? first.entry : undefined
}
