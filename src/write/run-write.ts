/**
 * A write, from top to bottom: read → plan → price → ask → sign → journal → send → read back. What is to be written is
 * decided on one block, and signing exactly the nonce of that block makes the chain include it only on that state, as far
 * as this account's writes go. Who loses the race for the nonce starts again from what is on chain then
 * (docs/dev/never.md 1, 2).
 */

import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { AccountSnapshot, ClusterCall, ClusterSnapshot, WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { type Change, sameChanges } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { WriteBase } from '../platform/state/journal-entry.js'
import { rememberContract, reportImplementation } from '../read/contract-knowledge.js'
import {
  accountBusy,
  hasMovedOn,
  isNonceStill,
  requireVisiblePool,
  waitForForeign,
  withAccountLock,
} from './account.js'
import { requireAffordable, requireConsent, requireSigner, showWrite, withinFeeLimit, withUniqueBid } from './ask.js'
import { carryOut, journalKey, signEntry } from './carry-out.js'
import { bidTooHigh } from './judge-nonce.js'
import { operatorOf, writeKindOf } from './model/cluster-call.js'
import { changedSince, writeBase } from './model/write-base.js'
import { findKnown } from './nonce-ending.js'
import type { OpenNonce } from './open-nonces.js'
import { type OverwrittenJson, readBack, type Sent } from './read-back.js'
import { readWithOpen } from './read-with-open.js'
import { finishOpen } from './resume.js'
import { transactionFailure } from './transaction-failure.js'
import type { UnsignedFiles, WriteOrder } from './write-unsigned.js'

/** Each round has a winner; this many competitors at once are more than anybody has. */
const ROUNDS = 64
/** So that competitors don't stay in step. */
const LONGEST_PAUSE_MS = 255

/** What a state asks for. */
export interface WritePlan extends WriteOrder {
  /** What `request` does to a cluster: it is looked for afterwards. */
  readonly call?: ClusterCall
  /** The encryption key that addresses are written with, where it is proven to be the cluster's. */
  readonly provenKey?: EncryptionKey | null
}

/** `S`: a cluster and an account at one block; the account alone where a cluster is founded. */
export interface WriteTask<S extends AccountSnapshot> {
  readonly account: Address
  readonly read: () => Promise<S>
  /** Called for every state that is read; null: nothing is to be done. Throws where that must not be written to. */
  readonly plan: (snapshot: S) => Promise<WritePlan | null>
  readonly dryRun?: boolean
  /** The file for a transaction that is signed elsewhere. */
  readonly unsigned?: string | undefined
  /** What was consented to before, or undoes a write that was: nobody is asked. */
  readonly unasked?: boolean
  /** What an earlier run left open never counts as this run's own, though it does the very same. */
  readonly ownOnly?: boolean
}

/** What came of a write. */
export interface Written<S = WriteSnapshot> {
  readonly dryRun: boolean
  readonly changes: readonly Change[]
  /** Null: nothing was sent. */
  readonly sent: Sent | null
  /** At the block that includes it; as it was planned on where nothing was sent. */
  readonly now: ClusterSnapshot | S
  /** What others wrote after this write had read, and this write replaced. */
  readonly overwritten: readonly OverwrittenJson[]
  /** Where it was written down instead. */
  readonly unsigned?: UnsignedFiles
}

/**
 * Throws what `plan` throws; ACCOUNT_LOCKED, ACCOUNT_BUSY, JOURNAL_INVALID; TRANSACTION_OPEN and STATE_CHANGED where an
 * earlier transaction must be decided upon first; FEE_TOO_HIGH, INSUFFICIENT_FUNDS, CALL_REVERTS, RPC_ERROR, WRONG_SIGNER,
 * CONFIRMATION_REQUIRED, DECLINED before sending; then what transactionFailure and readBack give.
 */
export function runWrite<S extends AccountSnapshot>(services: Services, task: WriteTask<S>): Promise<Written<S>> {
  if (task.dryRun || task.unsigned !== undefined) return rehearse(services, task)
  return withAccountLock(services, task.account, () => write(services, task))
}

/** What a call of the contract is, planned on a state. */
export async function planCall({ chain }: Services, snapshot: WriteSnapshot, call: ClusterCall) {
  const base = writeBase(snapshot, operatorOf(call))
  return { kind: writeKindOf(call), request: await (await chain()).encodeCall(call), base, call }
}

/** Planned, priced and shown; and then written down for another signer, or nothing. */
async function rehearse<S extends AccountSnapshot>(services: Services, task: WriteTask<S>): Promise<Written<S>> {
  const { dryRun = false, unsigned } = task
  services.settings.finality()
  const snapshot = await task.read()
  const plan = await task.plan(snapshot)
  if (plan === null) return unsent(snapshot)
  const { title, changes, request } = plan
  if (unsigned !== undefined && isCluster(snapshot)) await reportImplementation(services, snapshot)
  if (unsigned !== undefined && !dryRun) {
    const { writeUnsigned } = await import('./write-unsigned.js')
    return { ...unsent(snapshot), changes, unsigned: await writeUnsigned(services, unsigned, snapshot, plan) }
  }
  const priced = withinFeeLimit(services, snapshot)
  const cost = await (await services.chain()).estimate(priced, request)
  await showWrite(services, priced, { title, changes, cost, contract: journalKey(snapshot).contract, dryRun })
  return { ...unsent(snapshot), dryRun, changes }
}

async function write<S extends AccountSnapshot>(services: Services, task: WriteTask<S>): Promise<Written<S>> {
  const { talk, clock, settings, randomBytes } = services
  const { unasked = false } = task
  const chain = await services.chain()
  // Asked for here, where it may still be refused.
  settings.finality()
  let agreed: readonly Change[] | null = null
  let lost = false
  for (let round = 1; ; round++) {
    if (lost) {
      talk.note('another transaction of this account came first: starting again from what is on chain now')
      await clock.sleep(randomBytes(1)[0] ?? LONGEST_PAUSE_MS)
    }
    lost = false

    // Read: what is planned on, and what earlier runs left open.
    const { snapshot, open } = await readWithOpen(services, task.read)
    const { account } = snapshot
    if (round === 1 && isCluster(snapshot)) await reportImplementation(services, snapshot)
    if (round > ROUNDS) throw accountBusy(snapshot)

    // Plan: whatever is on its way from this account comes before it, unless it is this very write.
    let plan: WritePlan | null = null
    try {
      plan = await task.plan(snapshot)
    } catch (error) {
      // What an earlier transaction is about to change may be in the way only now.
      if (open.length === 0) throw error
    }
    const twin = plan && !task.ownOnly ? twinOf(plan, open, snapshot) : undefined
    const tooDear = twin && bidTooHigh(services, twin)
    if (tooDear) throw tooDear
    if (!twin && open.length > 0) {
      await finishOpen(services, open, unasked)
      continue
    }
    if (plan === null) return unsent(snapshot)
    requireVisiblePool(services, snapshot)
    const key = journalKey(snapshot)
    const foreign = account.pendingNonce > account.nonce && !(twin && (await findKnown(services, key, [twin])))
    if (foreign) {
      await waitForForeign(services, snapshot)
      continue
    }

    // From here on, who starts again has lost the race for the nonce.
    lost = true
    const { title, kind, changes, request, base, call } = plan

    // Price.
    const usual = withinFeeLimit(services, snapshot)
    const estimate = await chain.estimate(usual, request).catch(async (error: unknown) => {
      // Prices are told for the newest state. Where that has moved on, it is what speaks against the plan, not the plan.
      if (!isRevert(error) || !(await isOutdated(services, snapshot, base))) throw error
      return null
    })
    if (estimate === null || !(await isNonceStill(services, snapshot, estimate))) continue
    const { priced, cost } =
      kind === 'maintenance-enter' ? withUniqueBid(services, usual, estimate) : { priced: usual, cost: estimate }

    // Ask: nothing is signed yet.
    const shown: boolean = agreed !== null && sameChanges(agreed, changes)
    if (shown) requireAffordable(services, priced, cost, false)
    else await showWrite(services, priced, { title, changes, cost, contract: key.contract })
    const signer = await requireSigner(services, account.address)
    // What was agreed to beforehand was what was shown first.
    if (!shown && !unasked && agreed !== null && (talk.consented || !talk.interactive))
      throw otherChanges(agreed, changes)
    if (!shown && !unasked) await requireConsent(services)
    agreed = changes
    // Thinking takes time, and time changes the chain.
    if (!shown && !unasked && talk.interactive && (await isOutdated(services, snapshot, base))) continue

    // Sign, journal and send.
    const order = { request, gas: cost.gas, what: { kind, title }, base }
    if (twin)
      talk.note(`transaction ${twin.transaction.hash} of an earlier run is open and does the same: going on with it`)
    const entry = twin ?? (await signEntry(services, signer, priced, order))
    const end = await carryOut(services, key, entry)
    // Where another transaction of the account waits at this nonce, the provider that refused ours is not to blame.
    if (end.kind === 'replaced' || (end.kind === 'rejected' && (await hasMovedOn(services, snapshot)))) continue
    if (end.kind !== 'included') throw await transactionFailure(services, entry, end)
    if (isCluster(snapshot)) await rememberContract(services, snapshot, plan.provenKey ?? null)

    // Read back.
    const sent = { key, entry, receipt: end.receipt }
    const back = isCluster(snapshot) && call ? await readBack(services, sent, snapshot, call) : { sent }
    return { ...unsent(snapshot), changes, ...back }
  }
}

function unsent<S>(now: S): Written<S> {
  return { dryRun: false, changes: [], sent: null, now, overwritten: [] }
}

function isCluster(snapshot: AccountSnapshot): snapshot is WriteSnapshot {
  return 'view' in snapshot
}

/** An earlier run's transaction that does the very same at the very nonce, such as that of a run that was killed. */
function twinOf({ request }: WritePlan, open: readonly OpenNonce[], { account }: AccountSnapshot) {
  const [first, ...others] = open
  if (!first || others.length > 0 || first.entries.length > 1 || first.nonce !== account.nonce) return undefined
  const { to, data } = first.newest.request
  return to === request.to && data === request.data ? first.newest : undefined
}

/** Whether the state that was shown is no longer the chain's. Throws what reading throws: nothing was sent yet. */
async function isOutdated(services: Services, snapshot: AccountSnapshot, base: WriteBase | null): Promise<boolean> {
  if (await hasMovedOn(services, snapshot)) return true
  const { contract } = journalKey(snapshot)
  if (contract === null || base === null) return false
  return changedSince(base, await (await services.chain()).readCluster({ contract })).length > 0
}

/** The contract refused a simulated call. */
export function isRevert(error: unknown): boolean {
  return error instanceof WcnError && error.code === 'CALL_REVERTS'
}

function otherChanges(consented: readonly Change[], now: readonly Change[]): WcnError {
  return new WcnError(
    'STATE_CHANGED',
    'another write came first, and after it this one would change something else than it said; nothing was sent',
    { hint: 'look at what is on chain now, and run the command again', details: { consented, now } },
  )
}
