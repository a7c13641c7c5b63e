/**
 * The way out for transactions that nothing can include, since nobody knows one of a nonce before them: whoever fills
 * that gap sets them free, over whatever has been written since. So they are replaced first, where they wait, and only
 * then the gap is filled; all of it with empty transfers to oneself (docs/dev/never.md 1, 2).
 */

import type { AccountSnapshot } from '../chain/chain.js'
import type { Fees } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import { requireSeenPool } from './account.js'
import { requireConsent, requireSigner, showWrite } from './ask.js'
import { type CarriedOut, carryOut, isFinal, noteEnd, signEntry } from './carry-out.js'
import { MOST_FILLED, missingNonces } from './model/open-transactions.js'
import { conclude, HELD_UP, type NonceEnding, newestOf } from './nonce-ending.js'
import { type OpenNonce, openByNonce } from './open-by-nonce.js'
import { ofAccount } from './open-transactions.js'
import { withinFeeLimit } from './price.js'
import { cancellation, higherBid, highestBid } from './replace-nonce.js'
import { takePlace } from './take-place.js'

const EMPTY = 'an empty transfer to yourself'

interface Plan {
  /** To be replaced at their own nonces. */
  readonly stranded: readonly OpenNonce[]
  /** To be filled. */
  readonly missing: readonly number[]
  /** So far beyond the gap that it is not filled: given up as they are. */
  readonly far: readonly OpenNonce[]
}

/** A signed empty transfer on its way, and what was open at its nonce before it. */
interface Transfer {
  readonly key: JournalKey
  readonly entry: JournalEntry
  readonly before: readonly JournalEntry[]
}

/**
 * Clears away all of the account's open transactions beyond the first missing nonce; the lowest nonce first in what it
 * gives. The caller holds the account's lock. Throws FEE_TOO_HIGH, INSUFFICIENT_FUNDS, WRONG_SIGNER,
 * CONFIRMATION_REQUIRED, DECLINED, STATE_CHANGED before anything is sent, and what takePlace throws.
 */
export async function clearWay(services: Services, account: JournalKey): Promise<readonly NonceEnding[]> {
  const { talk } = services
  const chain = await services.chain()
  const snapshot = withinFeeLimit(services, await chain.readAccount(account.signer))
  const plan = await planFor(services, account, snapshot)
  if (plan.stranded.length + plan.far.length === 0) throw changedMeanwhile()
  const bids: Fees[] = []
  for (const { nonce } of plan.stranded)
    bids.push(higherBid(services, snapshot, await highestBid(services, account, nonce)))
  const empty = { to: account.signer, data: '0x' } as const
  const one = await chain.estimate(snapshot, empty)
  const { gas } = one
  const all = [...bids, ...plan.missing.map(() => snapshot.fees)]
  const cost = {
    gas,
    executionFeeWei: all.reduce((sum, { maxFeePerGas }) => sum + gas * maxFeePerGas, 0n),
    l1FeeWei: one.l1FeeWei * BigInt(all.length),
    operatorFeeWei: one.operatorFeeWei * BigInt(all.length),
  }
  requireSeenPool(services, snapshot)
  const about = { contract: account.contract, source: 'the journal' }
  showWrite(services, snapshot, { title: 'give up what can not be included', changes: changesOf(plan), cost, ...about })
  const signer = await requireSigner(services, account.signer)
  await requireConsent(services)
  // Thinking takes time, and time changes the pool.
  if (talk.interactive) await requireUnchanged(services, account, plan)

  const sign = (nonce: number, fees: Fees, order: Pick<JournalEntry, 'what' | 'supersedes'>) => {
    const priced = { ...snapshot, account: { ...snapshot.account, nonce }, fees }
    return signEntry(services, signer, priced, { request: empty, gas, base: null, ...order })
  }
  const transfers: Transfer[] = []
  // The highest first: nothing of this can be included before the gap is filled.
  for (const [index, { key, entries, nonce }] of [...plan.stranded.entries()].reverse()) {
    const newest = newestOf(entries)
    const fees = bids[index] ?? snapshot.fees
    const { what } = cancellation(newest.what, account.signer)
    const entry = await sign(nonce, fees, { what, supersedes: newest.transaction.hash })
    await takePlace(services, key, entries, entry)
    transfers.push({ key, entry, before: entries })
  }
  for (const nonce of plan.missing) {
    const what = { kind: 'cancel', title: `fill nonce ${nonce}` } as const
    const entry = await sign(nonce, snapshot.fees, { what, supersedes: null })
    await (await services.state()).journal.put(account, entry)
    transfers.push({ key: account, entry, before: [] })
  }
  const inOrder = transfers.toSorted((a, b) => a.entry.transaction.nonce - b.entry.transaction.nonce)
  const ended = await carryOutAll(services, inOrder)
  return [...ended, ...(await Promise.all(plan.far.map((one) => giveUp(services, one, snapshot))))]
}

async function planFor(services: Services, account: JournalKey, snapshot: AccountSnapshot): Promise<Plan> {
  const { journals } = await (await services.state()).journal.all()
  const keys = ofAccount(journals, account).map(({ key }) => key)
  const open = await openByNonce(services, keys)
  const own = new Set(open.map(({ nonce }) => nonce))
  const { pendingNonce } = snapshot.account
  const missingBefore = ({ nonce }: OpenNonce) => missingNonces(pendingNonce, own, nonce)
  const beyond = open.filter((one) => missingBefore(one).length > 0)
  const stranded = beyond.filter((one) => missingBefore(one).length <= MOST_FILLED)
  const last = stranded.at(-1)
  return {
    stranded,
    missing: last ? missingBefore(last) : [],
    far: beyond.filter((one) => !stranded.includes(one)),
  }
}

/** Throws STATE_CHANGED. */
async function requireUnchanged(services: Services, account: JournalKey, shown: Plan): Promise<void> {
  const now = await planFor(services, account, await (await services.chain()).readAccount(account.signer))
  if (JSON.stringify(changesOf(now)) !== JSON.stringify(changesOf(shown))) throw changedMeanwhile()
}

function changedMeanwhile(): WcnError {
  return new WcnError(
    'STATE_CHANGED',
    "the account's transactions are not as they were shown any more; nothing was sent",
    {
      hint: 'run the command again',
    },
  )
}

function changesOf({ stranded, missing, far }: Plan): readonly Change[] {
  const titleOf = ({ entries }: OpenNonce) => newestOf(entries).what.title
  return [
    ...missing.map((nonce) => ({ op: 'add', path: `nonce ${nonce}`, before: null, after: EMPTY }) as const),
    ...stranded.map(
      (one) => ({ op: 'update', path: `nonce ${one.nonce}`, before: titleOf(one), after: EMPTY }) as const,
    ),
    ...far.map((one) => ({ op: 'remove', path: `nonce ${one.nonce}`, before: titleOf(one), after: null }) as const),
  ]
}

/** All of them leave before the first is waited for: nothing shall come between. */
async function carryOutAll(services: Services, transfers: readonly Transfer[]): Promise<readonly NonceEnding[]> {
  const chain = await services.chain()
  for (const { entry } of transfers) {
    services.sending(entry.transaction.hash)
    await chain.broadcast(entry.transaction)
  }
  const endings: NonceEnding[] = []
  let held = false
  for (const { key, entry, before } of transfers) {
    const end: CarriedOut = held ? HELD_UP : await carryOut(services, key, entry)
    held ||= !isFinal(end)
    endings.push(await conclude(services, key, [...before, entry], { entry, end }))
  }
  return endings
}

async function giveUp(
  services: Services,
  { key, nonce, entries }: OpenNonce,
  { account }: AccountSnapshot,
): Promise<NonceEnding> {
  const reason = `given up: its nonce is ${nonce}, and the account's next one is ${account.nonce}`
  const end = { kind: 'rejected', reason } as const
  for (const entry of entries) await noteEnd(services, key, entry, end)
  return { key, decisive: { entry: newestOf(entries), end }, all: entries.map((entry) => ({ entry, end })) }
}
