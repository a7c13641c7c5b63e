/**
 * One attempt at a write: price → show → consent → sign → send → wait. What is to be written was decided on the given
 * snapshot; signing exactly its nonce makes the chain include it only on that state as far as this account's writes go
 * (docs/dev/never.md 1, 2).
 */

import type { Address } from '../base/address.js'
import { jsonInteger } from '../base/json-integer.js'
import type { AccountSnapshot, CostEstimate } from '../chain/chain.js'
import { feeLimits } from '../chain/fee-limits.js'
import type { Receipt, TransactionOutcome, TransactionRequest } from '../chain/transaction.js'
import { unlikeOthers } from '../chain/unlike-others.js'
import type { Services } from '../cli/services.js'
import { type Change, sameChanges } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry, WriteBase, WriteKind } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import { carryOut, followEntry } from './carry-out.js'
import { isNonceStill } from './is-nonce-still.js'
import { changedSince } from './model/write-base.js'
import { givenLimits, requireAffordable, withinFeeLimit } from './require-affordable.js'
import { requireConsent } from './require-consent.js'
import { requireSigner } from './require-signer.js'
import { transactionFailure } from './transaction-failure.js'
import { writeTarget } from './write-target.js'

export interface WriteIntent {
  /** What is done to what, as the person who is asked reads it. */
  readonly title: string
  readonly kind: WriteKind
  readonly changes: readonly Change[]
  readonly transaction: TransactionRequest
  /** The contract written to; null where one is founded. */
  readonly contract: Address | null
  /** Null where the state of no cluster matters. */
  readonly base: WriteBase | null
  /** Signed as no other run would sign it, such as one with the same key on another machine. */
  readonly unlikeOthers?: boolean
}

/**
 * `fee_wei` includes `l1_fee_wei`; both as strings, since wei outgrow a double. Null: the providers don't tell what it
 * cost.
 */
export interface TransactionJson {
  readonly hash: string
  readonly nonce: number
  readonly block: { readonly number: number; readonly hash: string }
  readonly gas_used: number | string | null
  readonly fee_wei: string | null
  readonly l1_fee_wei: string | null
}

export interface Sent {
  readonly receipt: Receipt
  readonly json: TransactionJson
  /** Looks again what became of it, where its block turns out to be gone. */
  readonly again: () => Promise<TransactionOutcome>
}

/** What the user agreed to, from one attempt to the next. */
export interface Consent {
  /** Null: not asked yet. */
  readonly changes: readonly Change[] | null
}

export interface WriteOptions {
  readonly dryRun: boolean
  /** What undoes a write that was consented to asks nobody. */
  readonly unasked?: boolean
  readonly consent?: Consent
  /** An earlier run's transaction that does just this and is still open: it is sent in place of another one. */
  readonly twin?: JournalEntry | undefined
}

/** `lost`: another transaction of the account came first; nothing of this one is or can be on chain. */
export type Attempt =
  | { readonly kind: 'sent'; readonly sent: Sent }
  | { readonly kind: 'dry-run' }
  | { readonly kind: 'lost'; readonly consent: Consent }

/**
 * The caller holds the account's lock, unless it is a dry run. Throws FEE_TOO_HIGH, INSUFFICIENT_FUNDS, CALL_REVERTS,
 * RPC_ERROR, WRONG_SIGNER, STATE_CHANGED, CONFIRMATION_REQUIRED, DECLINED before sending, and what transactionFailure gives.
 */
export async function attemptWrite(
  services: Services,
  snapshot: AccountSnapshot,
  intent: WriteIntent,
  { dryRun, unasked = false, consent = { changes: null }, twin }: WriteOptions,
): Promise<Attempt> {
  const { talk } = services
  const chain = await services.chain()
  const { account } = snapshot
  const { transaction } = intent
  services.settings.finality()
  const usual = withinFeeLimit(services, snapshot)
  const estimate = await chain.estimate(usual, transaction).catch(async (error: unknown) => {
    // Prices are told for the newest state. Where that has moved on, it is what speaks against the plan, not the plan.
    if (dryRun || !isRevert(error) || !(await isOutdated(services, snapshot, intent))) throw error
    return null
  })
  if (estimate === null) return { kind: 'lost', consent }
  if (!dryRun && !(await isNonceStill(services, snapshot, estimate))) return { kind: 'lost', consent }
  const { priced, cost } = intent.unlikeOthers
    ? bidUnlikeOthers(services, usual, estimate)
    : { priced: usual, cost: estimate }
  const shown = consent.changes !== null && sameChanges(consent.changes, intent.changes)
  const target = writeTarget(services, snapshot.chainId, intent.contract)
  if (!shown) talk.preview({ title: intent.title, target, changes: intent.changes, cost })
  requireAffordable(services, priced, cost, dryRun)
  if (dryRun) return { kind: 'dry-run' }

  const signer = await requireSigner(services, account.address)
  const agreed = { changes: intent.changes }
  if (!shown && !unasked) {
    // What was agreed to beforehand was what was shown first.
    if (consent.changes !== null && (talk.consented || !talk.interactive))
      throw otherChanges(consent.changes, intent.changes)
    await requireConsent(services)
    // Thinking takes time, and time changes the chain.
    if (talk.interactive && (await isOutdated(services, snapshot, intent))) return { kind: 'lost', consent: agreed }
  }
  const entry = twin ?? {
    transaction: await chain.sign(priced, transaction, cost, signer),
    request: transaction,
    gas: cost.gas,
    fees: priced.fees,
    what: { kind: intent.kind, title: intent.title },
    base: intent.base,
    signedAt: services.clock.now(),
    supersedes: null,
    state: { kind: 'open' },
  }
  const key = journalKey(snapshot, intent.contract)
  const end = await carryOut(services, key, entry)
  if (end.kind === 'included') return { kind: 'sent', sent: sent(services, key, entry, end.receipt) }
  // Where another transaction of the account waits at this nonce, the provider that refused ours is not to blame.
  const lost = end.kind === 'replaced' || (end.kind === 'rejected' && (await movedOn(services, snapshot)))
  if (lost) return { kind: 'lost', consent: agreed }
  throw await transactionFailure(services, entry, end)
}

function bidUnlikeOthers(services: Services, snapshot: AccountSnapshot, cost: CostEstimate) {
  const allowed = feeLimits(givenLimits(services))
  const { balanceWei } = snapshot.account
  const most = balanceWei < allowed.cost ? balanceWei : allowed.cost
  const limits = { fee: allowed.fee, cost: most - cost.l1FeeWei - cost.operatorFeeWei }
  const { gas, fees } = unlikeOthers({ gas: cost.gas, fees: snapshot.fees }, services.randomBytes(4), limits)
  return { priced: { ...snapshot, fees }, cost: { ...cost, gas, executionFeeWei: gas * fees.maxFeePerGas } }
}

export function journalKey({ chainId, genesisHash, account }: AccountSnapshot, contract: Address | null): JournalKey {
  return { chainId, genesisHash, contract, signer: account.address }
}

/** For an account that others are using: what it was about to do was not sent, or can never be included. */
export function accountBusy({ account }: AccountSnapshot): WcnError {
  return new WcnError(
    'ACCOUNT_BUSY',
    `account ${account.address} has a transaction waiting for inclusion that this tool did not send, so nothing was sent`,
    {
      hint: 'it may be the primary node finishing a migration, or another machine: try again once it is included. Where nothing of the account waits, the RPC provider is wrong: use another one with --rpc-url',
      details: { nonce: account.nonce, pending_nonce: account.pendingNonce },
    },
  )
}

/** Whether the account has used its nonce, or is about to; what can't be read is no sign of that. */
async function movedOn(services: Services, { account }: AccountSnapshot): Promise<boolean> {
  const now = await (await services.chain()).readAccount(account.address).catch(() => null)
  return now !== null && Math.max(now.account.nonce, now.account.pendingNonce) > account.nonce
}

/** The contract refused a simulated call. */
export function isRevert(error: unknown): boolean {
  return error instanceof WcnError && error.code === 'CALL_REVERTS'
}

/** Whether the state that was shown is no longer the chain's. Throws what reading throws: nothing was sent yet. */
async function isOutdated(services: Services, snapshot: AccountSnapshot, { contract, base }: WriteIntent) {
  if (await movedOn(services, snapshot)) return true
  if (contract === null || base === null) return false
  return changedSince(base, await (await services.chain()).readCluster({ contract })).length > 0
}

/** For reading back. */
export function sent(services: Services, key: JournalKey, entry: JournalEntry, receipt: Receipt): Sent {
  return {
    receipt,
    json: transactionJson(receipt, entry.transaction.nonce),
    again: () => followEntry(services, key, entry, { giveUpUnheard: false }),
  }
}

function otherChanges(consented: readonly Change[], now: readonly Change[]): WcnError {
  return new WcnError(
    'STATE_CHANGED',
    'another write came first, and after it this one would change something else than it said; nothing was sent',
    {
      hint: 'look at what is on chain now, and run the command again',
      details: { consented, now },
    },
  )
}

export function transactionJson(receipt: Receipt, nonce: number): TransactionJson {
  return {
    hash: receipt.hash,
    nonce,
    block: receipt.block,
    gas_used: receipt.gasUsed === null ? null : jsonInteger(receipt.gasUsed),
    fee_wei: receipt.feeWei?.toString() ?? null,
    l1_fee_wei: receipt.l1FeeWei?.toString() ?? null,
  }
}
