/**
 * Another transaction for the nonce of one that is still open: priced so that pools take it in its place, shown, agreed
 * to, written down and sent like any other. Only what the journal knows is ever replaced (docs/dev/never.md 2).
 */

import type { Address } from '../base/address.js'
import { gweiInWords } from '../base/wei.js'
import type { AccountSnapshot, Chain, CostEstimate } from '../chain/chain.js'
import { largerFees, replacementFees } from '../chain/fees.js'
import type { TransactionRequest } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { accountBusy } from './account.js'
import { requireBid, requireConsent, requireSigner, showWrite, withinFeeLimit } from './ask.js'
import { carryOut, signEntry } from './carry-out.js'
import { conclude, findKnown, type NonceEnding } from './nonce-ending.js'
import { accountJournals, type OpenNonce } from './open-nonces.js'
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
  one: OpenNonce,
  snapshot: AccountSnapshot,
  { title, what, request, base, gas }: Replacement,
): Promise<NonceEnding> {
  const { key, nonce, entries, newest } = one
  await requireOwnNonce(services, one)
  const chain = await services.chain()
  const { earlier, fees } = await higherBid(services, snapshot, key, nonce)
  const priced = { ...snapshot, account: { ...snapshot.account, nonce }, fees }
  const cost = gas === null ? await chain.estimate(priced, request) : await costOfCall(chain, priced, request, gas)
  const change = {
    op: 'update',
    path: 'highest fee per gas',
    before: gweiInWords(earlier.maxFeePerGas),
    after: gweiInWords(fees.maxFeePerGas),
  } as const
  await showWrite(services, priced, { title, changes: [change], cost, contract: key.contract, source: 'the journal' })
  const signer = await requireSigner(services, key.signer)
  await requireConsent(services)
  // Thinking takes time, and time changes the pool.
  if (services.talk.interactive) await requireOwnNonce(services, one)

  const order = { request, gas: cost.gas, what, base, supersedes: newest.transaction.hash }
  const entry = await signEntry(services, signer, priced, order)
  const end = await carryOut(services, key, entry)
  if (end.kind === 'rejected') throw await transactionFailure(services, entry, end)
  return conclude(services, key, [...entries, entry], { entry, end })
}

/** Throws ACCOUNT_BUSY where what waits at the nonce is none of these: it would be replaced in their stead. */
async function requireOwnNonce(services: Services, { key, nonce, entries }: OpenNonce): Promise<void> {
  const snapshot = await (await services.chain()).readAccount(key.signer)
  if (snapshot.account.pendingNonce <= nonce) return
  if ((await findKnown(services, key, entries)) === null) throw accountBusy(snapshot)
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

/**
 * A bid that takes the place of the highest that was ever signed for a nonce: any of those may be in a pool, whatever
 * providers said of it. Throws FEE_TOO_HIGH.
 */
export async function higherBid(services: Services, snapshot: AccountSnapshot, account: JournalKey, nonce: number) {
  const earlier = (await accountJournals(services, account))
    .flatMap(({ entries }) => entries)
    .filter(({ transaction }) => transaction.nonce === nonce)
    .map(({ fees }) => fees)
    .reduce(largerFees, { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n })
  const fees = replacementFees(earlier, withinFeeLimit(services, snapshot).fees)
  const bid = { fees, gas: 0n, otherWei: 0n }
  requireBid(services, bid, 'what would take its place', 'wait for it with `wcn tx resume`')
  return { earlier, fees }
}
