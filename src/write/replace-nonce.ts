/**
 * Another transaction for the nonce of one that is still open: priced so that pools take it in its place, shown, agreed
 * to, written down and sent like any other. Only what the journal knows is ever replaced (docs/dev/never.md 2).
 */

import type { Address } from '../base/address.js'
import { weiAsGwei } from '../base/wei.js'
import type { AccountSnapshot, Chain, CostEstimate } from '../chain/chain.js'
import { largerFees, replacementFees } from '../chain/fees.js'
import type { Fees, TransactionRequest } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import { accountBusy } from './account.js'
import { requireConsent, requireSigner, showWrite } from './ask.js'
import { carryOut, signEntry } from './carry-out.js'
import { conclude, lookForKnown, type NonceEnding, type NonceEntries, newestOf } from './nonce-ending.js'
import { ofAccount } from './open-transactions.js'
import { requireBid, withinFeeLimit } from './price.js'
import { transactionFailure } from './transaction-failure.js'

/** What takes the place of a transaction that is given up. */
export function cancellation({ kind, title: before }: JournalEntry['what'], account: Address): Replacement {
  const title = kind === 'cancel' ? before : `cancel: ${before}`
  return { title, what: { kind: 'cancel', title }, request: { to: account, data: '0x' }, base: null, gas: null }
}

export interface Replacement extends Pick<JournalEntry, 'what' | 'request' | 'base'> {
  /** As the person who is asked reads it. */
  readonly title: string
  /** The gas limit; null: what simulating it tells. */
  readonly gas: bigint | null
}

/**
 * The caller holds the account's lock. Throws FEE_TOO_HIGH, INSUFFICIENT_FUNDS, CALL_REVERTS, WRONG_SIGNER,
 * ACCOUNT_BUSY, CONFIRMATION_REQUIRED, DECLINED before sending; RPC_ERROR where it was refused and what it was to replace still waits.
 */
export async function replaceNonce(
  services: Services,
  key: JournalKey,
  open: NonceEntries,
  snapshot: AccountSnapshot,
  { title, what, request, base, gas }: Replacement,
): Promise<NonceEnding> {
  const { talk } = services
  await requireOwnNonce(services, key, open)
  const chain = await services.chain()
  const newest = newestOf(open)
  const { nonce, hash } = newest.transaction
  const bid = await highestBid(services, key, nonce)
  const fees = higherBid(services, snapshot, bid)
  const priced = { ...snapshot, account: { ...snapshot.account, nonce }, fees }
  const cost = gas === null ? await chain.estimate(priced, request) : await costOfCall(chain, priced, request, gas)
  const change = {
    op: 'update',
    path: 'highest fee per gas',
    before: `${weiAsGwei(bid.maxFeePerGas)} gwei`,
    after: `${weiAsGwei(fees.maxFeePerGas)} gwei`,
  } as const
  showWrite(services, priced, { title, changes: [change], cost, contract: key.contract, source: 'the journal' })
  const signer = await requireSigner(services, key.signer)
  await requireConsent(services)
  // Thinking takes time, and time changes the pool.
  if (talk.interactive) await requireOwnNonce(services, key, open)

  const entry = await signEntry(services, signer, priced, { request, gas: cost.gas, what, base, supersedes: hash })
  const end = await carryOut(services, key, entry)
  if (end.kind === 'rejected') throw await transactionFailure(services, entry, end)
  return conclude(services, key, [...open, entry], { entry, end })
}

/** Throws ACCOUNT_BUSY where what waits at the nonce is none of these: it would be replaced in their stead. */
async function requireOwnNonce(services: Services, key: JournalKey, open: NonceEntries): Promise<void> {
  const snapshot = await (await services.chain()).readAccount(key.signer)
  if (snapshot.account.pendingNonce <= open[0].transaction.nonce) return
  if ((await lookForKnown(services, key, open)) === null) throw accountBusy(snapshot)
}

/**
 * Of a call that must not be simulated: providers may do that on top of their pool, where the very same call has been
 * made already. The same bytes to an account, which takes any, cost the same on L1.
 */
async function costOfCall(
  chain: Chain,
  priced: AccountSnapshot,
  { data }: TransactionRequest,
  gas: bigint,
): Promise<CostEstimate> {
  const { l1FeeWei, operatorFeeWei, gas: less } = await chain.estimate(priced, { to: priced.account.address, data })
  return {
    gas,
    executionFeeWei: gas * priced.fees.maxFeePerGas,
    l1FeeWei,
    operatorFeeWei: gas > less ? (operatorFeeWei * gas) / less : operatorFeeWei,
  }
}

/** The highest of what was ever signed for a nonce: any of it may be in a pool, whatever providers said of it. */
export async function highestBid({ state }: Services, account: JournalKey, nonce: number): Promise<Fees> {
  const { journals } = await (await state()).journal.all()
  return ofAccount(journals, account)
    .flatMap(({ entries }) => entries)
    .filter(({ transaction }) => transaction.nonce === nonce)
    .map(({ fees }) => fees)
    .reduce(largerFees, { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n })
}

/** A bid that takes the place of an earlier one. Throws FEE_TOO_HIGH. */
export function higherBid(services: Services, snapshot: AccountSnapshot, earlier: Fees): Fees {
  const fees = replacementFees(earlier, withinFeeLimit(services, snapshot).fees)
  const bid = { fees, gas: 0n, otherWei: 0n }
  requireBid(services, bid, 'what would take its place', 'wait for it with `wcn tx resume`')
  return fees
}
