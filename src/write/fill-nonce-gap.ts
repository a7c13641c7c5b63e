/**
 * Frees transactions that nothing can include, since nobody knows one of a nonce before them: whoever filled that gap would send
 * them off, over whatever has been written since. So they are replaced first, where they wait, and only then the gap is filled;
 * all of it with empty transfers to oneself (docs/dev/never.md 1, 2).
 */
import type { AccountSnapshot } from '../chain/chain.js'
import { mentions } from '../chain/rpc/provider-answers.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { requireVisiblePool } from './account.js'
import { requireConsent, requireSigner, showWrite, withinFeeLimit } from './ask.js'
import { type CarriedOut, carryOut, followEntry, isFinal, noteEnd, refusalOf, signEntry } from './carry-out.js'
import { MOST_FILLED, missingNonces } from './model/open-transactions.js'
import { conclude, HELD_UP, isUnknownToAll, type NonceEnding } from './nonce-ending.js'
import { accountJournals, type OpenNonce, openNonces } from './open-nonces.js'
import { cancellation, higherBid } from './replace-nonce.js'
import { transactionFailure } from './transaction-failure.js'

const EMPTY = 'an empty transfer to yourself'
/** In a block time. */
const LOOKS = 8
const LOOK_EVERY_MS = 250

interface Plan {
  /** Nonces to be filled, those that are missing first, and then those of what waits beyond them. */
  readonly steps: readonly Step[]
  /** So far beyond the gap that it is not filled: given up as they are. */
  readonly far: readonly OpenNonce[]
}

/** `newest` null: nobody knows a transaction with this nonce. */
type Step = Omit<OpenNonce, 'newest'> & { readonly newest: JournalEntry | null }

/** An empty transfer, signed. */
type Transfer = Step & { readonly entry: JournalEntry }

/**
 * Clears away all of the account's open transactions beyond the first missing nonce; the lowest nonce first in what it
 * gives. The caller holds the account's lock. Throws FEE_TOO_HIGH, INSUFFICIENT_FUNDS, WRONG_SIGNER,
 * CONFIRMATION_REQUIRED, DECLINED, STATE_CHANGED before anything is sent, and what takePlace throws.
 */
export async function fillNonceGap(services: Services, account: JournalKey): Promise<readonly NonceEnding[]> {
  const { talk } = services
  const chain = await services.chain()
  const snapshot = withinFeeLimit(services, await chain.readAccount(account.signer))
  const plan = await planFor(services, account, snapshot)
  if (plan.steps.length + plan.far.length === 0) throw changedMeanwhile()
  const request = { to: account.signer, data: '0x' } as const
  const { gas, l1FeeWei, operatorFeeWei } = await chain.estimate(snapshot, request)
  const bids = await Promise.all(plan.steps.map(({ nonce }) => higherBid(services, snapshot, account, nonce)))
  const cost = {
    gas,
    executionFeeWei: bids.reduce((sum, { fees }) => sum + gas * fees.maxFeePerGas, 0n),
    l1FeeWei: l1FeeWei * BigInt(bids.length),
    operatorFeeWei: operatorFeeWei * BigInt(bids.length),
  }
  requireVisiblePool(services, snapshot)
  const about = { contract: account.contract, source: 'the journal' }
  await showWrite(services, snapshot, {
    title: 'give up what can not be included',
    changes: changesOf(plan),
    cost,
    ...about,
  })
  const signer = await requireSigner(services, account.signer)
  await requireConsent(services)
  // Thinking takes time, and time changes the pool.
  if (talk.interactive) {
    const now = await planFor(services, account, await chain.readAccount(account.signer))
    if (JSON.stringify(changesOf(now)) !== JSON.stringify(changesOf(plan))) throw changedMeanwhile()
  }

  const transfers: Transfer[] = []
  for (const [index, step] of plan.steps.entries()) {
    const { nonce, newest } = step
    const priced = { ...snapshot, account: { ...snapshot.account, nonce }, fees: bids[index]?.fees ?? snapshot.fees }
    const what = newest
      ? cancellation(newest.what, account.signer).what
      : ({ kind: 'cancel', title: `fill nonce ${nonce}` } as const)
    const order = { request, gas, what, base: null, supersedes: newest?.transaction.hash ?? null }
    transfers.push({ ...step, entry: await signEntry(services, signer, priced, order) })
  }
  // The highest first: nothing of this can be included before the gap is filled.
  const waiting = transfers.filter(({ newest }) => newest !== null)
  for (const transfer of waiting.toReversed()) await takePlace(services, transfer)
  const { journal } = await services.state()
  for (const { key, entry, newest } of transfers) if (newest === null) await journal.put(key, entry)
  const ended = await carryOutAll(
    services,
    transfers.toSorted((a, b) => a.nonce - b.nonce),
  )
  return [...ended, ...(await Promise.all(plan.far.map((one) => giveUp(services, one, snapshot))))]
}

async function planFor(services: Services, account: JournalKey, snapshot: AccountSnapshot): Promise<Plan> {
  const open = openNonces(await accountJournals(services, account))
  const own = new Set(open.map(({ nonce }) => nonce))
  const missingBefore = ({ nonce }: OpenNonce) => missingNonces(snapshot.account.pendingNonce, own, nonce)
  const beyond = open.filter((one) => missingBefore(one).length > 0)
  const stranded = beyond.filter((one) => missingBefore(one).length <= MOST_FILLED)
  const last = stranded.at(-1)
  const missing = last ? missingBefore(last) : []
  return {
    steps: [...missing.map((nonce) => ({ key: account, nonce, entries: [], newest: null })), ...stranded],
    far: beyond.filter((one) => !stranded.includes(one)),
  }
}

function changedMeanwhile(): WcnError {
  return new WcnError(
    'STATE_CHANGED',
    "the account's transactions are not as they were shown any more; nothing was sent",
    { hint: 'run the command again' },
  )
}

function changesOf({ steps, far }: Plan): readonly Change[] {
  const change = ({ nonce, newest }: Step, op: Change['op'], after: string | null) => {
    return { op, path: `nonce ${nonce}`, before: newest?.what.title ?? null, after }
  }
  return [
    ...steps.map((step) => change(step, step.newest ? 'update' : 'add', EMPTY)),
    ...far.map((one) => change(one, 'remove', null)),
  ]
}

/**
 * Sends a transfer in the place of what waits, while nothing can include either yet. Resolves when every provider has
 * taken it, or none has any of the others: some take nothing that can't be included yet. Throws RPC_ERROR where it was
 * refused and another still waits, OUTCOME_UNKNOWN where that can't be told.
 */
async function takePlace(services: Services, { key, entry, entries, newest }: Transfer): Promise<void> {
  const { hash, nonce } = entry.transaction
  services.interruption.sending(hash)
  await (await services.state()).journal.put(key, entry)
  services.talk.tell(`sending transaction ${hash}`)
  const sent = await (await services.chain()).broadcast(entry.transaction)
  const refusals = sent.refusals.filter((words) => !mentions('known-already', words))
  if (sent.accepted && refusals.length === 0 && sent.failures.length === 0) return
  const look = (one: JournalEntry) => followEntry(services, key, one, { timeoutMs: 0, giveUpUnheard: true })
  const what = `waiting until the providers have taken transaction ${hash}`
  const taken = await waiting(services, { what }, async (wait) => {
    for (let looks = 1; looks <= LOOKS; looks++) {
      const ends = await Promise.all(entries.map(look))
      if (ends.every((end) => isUnknownToAll(end) || isFinal(end))) return true
      const own = await look(entry)
      if (refusals.length === 0 && own.kind === 'unknown' && own.shown) return true
      await wait.sleep(LOOK_EVERY_MS)
    }
    return false
  })
  if (taken) return
  const reason = refusalOf(sent)
  if (reason !== null) {
    await noteEnd(services, key, entry, { kind: 'rejected', reason })
    throw await transactionFailure(services, entry, { kind: 'rejected', reason })
  }
  throw new WcnError(
    'OUTCOME_UNKNOWN',
    `transaction ${hash} was sent in the place of ${newest?.transaction.hash}, and whether providers took it is not known: ${[...refusals, ...sent.failures].join('; ').slice(0, 600)}`,
    {
      hint: `nothing was filled before it, so nothing can include either yet: \`wcn tx cancel ${hash}\` tries again`,
      details: { hash, nonce },
    },
  )
}

/** All of them leave before the first is waited for: nothing shall come between. */
async function carryOutAll(services: Services, transfers: readonly Transfer[]): Promise<readonly NonceEnding[]> {
  const chain = await services.chain()
  for (const { entry } of transfers) {
    services.interruption.sending(entry.transaction.hash)
    await chain.broadcast(entry.transaction)
  }
  const endings: NonceEnding[] = []
  let held = false
  for (const { key, entry, entries } of transfers) {
    const end: CarriedOut = held ? HELD_UP : await carryOut(services, key, entry)
    held ||= !isFinal(end)
    endings.push(await conclude(services, key, [...entries, entry], { entry, end }))
  }
  return endings
}

async function giveUp(
  services: Services,
  { key, nonce, entries, newest }: OpenNonce,
  { account }: AccountSnapshot,
): Promise<NonceEnding> {
  const reason = `given up: its nonce is ${nonce}, and the account's next one is ${account.nonce}`
  const end = { kind: 'rejected', reason } as const
  for (const entry of entries) await noteEnd(services, key, entry, end)
  return { key, decisive: { entry: newest, end }, all: entries.map((entry) => ({ entry, end })) }
}
