/**
 * Carries out a signed transaction: writes it down, sends it, follows it until it has settled, and notes its end
 * (docs/dev/never.md 1). Whatever happens on the way, the same bytes are sent or none.
 */

import type { Address } from '../base/address.js'
import type { AccountSnapshot } from '../chain/chain.js'
import { mentions } from '../chain/rpc/provider-answers.js'
import type { Broadcast, Finality, FollowOptions, Signer, TransactionOutcome } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { WcnError } from '../errors/wcn-error.js'
import type { EntryState, JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { changedSince } from './model/write-base.js'

/** Without --timeout: sixty block times of OP Mainnet, and several times as long as L1 takes. */
const PATIENCE_MS = { included: 120_000, safe: 30 * 60_000, finalized: 60 * 60_000 } as const satisfies Record<
  Finality,
  number
>
/** How often the same bytes are sent where no answer came and nobody knows them. */
const SENDS = 3

/** `rejected`: every provider refused it, and none knows it. */
export type CarriedOut = TransactionOutcome | { readonly kind: 'rejected'; readonly reason: string }

/** The caller holds the account's lock. Throws only before it is sent: JOURNAL_INVALID, FILE_UNWRITABLE, INTERRUPTED. */
export async function carryOut(services: Services, key: JournalKey, entry: JournalEntry): Promise<CarriedOut> {
  const { talk } = services
  const { transaction } = entry
  const [chain, { journal }] = await Promise.all([services.chain(), services.state()])
  // Asked for here, where it may still be refused.
  services.settings.finality()
  // Bytes of an earlier run may be on their way since then, whatever is answered now.
  const known = (await journal.entries(key)).find((one) => one.transaction.hash === transaction.hash)
  const fresh = known?.state.kind !== 'open'
  if (!fresh) await requireUnaltered(key, entry)
  // Before it is written down: from then on, an interruption leaves something open.
  services.interruption.sending(transaction.hash)
  await journal.put(key, entry)
  talk.tell(`sending transaction ${transaction.hash}`)
  const outcome = await send(1)
  if (isFinal(outcome)) services.interruption.settled()
  return outcome

  async function send(attempt: number): Promise<CarriedOut> {
    const sent = await chain.broadcast(transaction)
    const end = await followEntry(services, key, entry, {
      giveUpUnheard: !sent.accepted,
      justSent: sent.accepted,
    })
    if (end.kind !== 'unheard') return end
    const refusal = fresh && attempt === 1 ? refusalOf(sent) : null
    if (refusal !== null) {
      await noteEnd(services, key, entry, { kind: 'rejected', reason: refusal })
      return { kind: 'rejected', reason: refusal }
    }
    const reason = `no provider knows it: ${[...sent.failures, ...sent.refusals].join('; ')}`
    if (attempt === SENDS) return { kind: 'unknown', reason, shown: false }
    const obstacle = await whyNotAgain(services, key, entry)
    return obstacle === null ? send(attempt + 1) : { kind: 'unknown', reason: `${reason}; ${obstacle}`, shown: false }
  }
}

/** Signs a request at the nonce and for the fees of the snapshot, as the journal is to hold it. */
export async function signEntry(
  services: Services,
  signer: Signer,
  snapshot: AccountSnapshot,
  order: Pick<JournalEntry, 'request' | 'gas' | 'what' | 'base'> & Partial<Pick<JournalEntry, 'supersedes'>>,
): Promise<JournalEntry> {
  const transaction = await (await services.chain()).sign(snapshot, order.request, order, signer)
  const { fees } = snapshot
  return { supersedes: null, ...order, transaction, fees, signedAt: services.clock.now(), state: { kind: 'open' } }
}

/** `contract` is null where the snapshot is of an account alone: one is founded. */
export function journalKey(snapshot: AccountSnapshot & { readonly contract?: Address }): JournalKey {
  const { chainId, genesisHash, contract = null, account } = snapshot
  return { chainId, genesisHash, contract, signer: account.address }
}

type Following = Pick<FollowOptions, 'giveUpUnheard'> & Partial<Pick<FollowOptions, 'timeoutMs' | 'justSent'>>

/** Looks what became of a transaction. Never throws. */
export async function follow(
  services: Services,
  { transaction, base }: Pick<JournalEntry, 'transaction' | 'base'>,
  { giveUpUnheard, timeoutMs, justSent = false }: Following,
): Promise<TransactionOutcome> {
  const { settings, deadline, clock } = services
  const finality = settings.finality()
  const patienceMs = timeoutMs ?? settings.timeoutMs() ?? PATIENCE_MS[finality]
  const limitMs = Math.min(patienceMs, deadline.remainingMs())
  const chain = await services.chain()
  const options = { finality, timeoutMs: limitMs, giveUpUnheard, justSent, sinceBlock: base?.block.number ?? 0 }
  const endMs = clock.monotonicMs() + limitMs
  const leftMs = () => endMs - clock.monotonicMs()
  const waited = { what: `waiting for transaction ${transaction.hash}`, ...(limitMs > 0 && { leftMs }) }
  return waiting(services, waited, ({ see }) => chain.follow(transaction, { ...options, onLook: see }))
}

/** The same for one of the journal, whose end is written down once it has one. */
export async function followEntry(
  services: Services,
  key: JournalKey,
  entry: JournalEntry,
  following: Following,
): Promise<TransactionOutcome> {
  const outcome = await follow(services, entry, following)
  const state = endOf(outcome)
  if (state) await noteEnd(services, key, entry, state)
  return outcome
}

/** What happened to a transaction is not undone by a full disk: it is said, and found out again next time. */
export async function noteEnd(
  services: Services,
  key: JournalKey,
  entry: JournalEntry,
  state: EntryState,
): Promise<void> {
  try {
    await (await services.state()).journal.put(key, { ...entry, state })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    services.talk.warn(`how transaction ${entry.transaction.hash} ended could not be written down: ${why}`)
  }
}

function endOf(outcome: TransactionOutcome): EntryState | null {
  if (outcome.kind === 'replaced') return { kind: 'replaced', by: outcome.by }
  if (!isInBlock(outcome)) return null
  const { block, gasUsed, feeWei, l1FeeWei } = outcome.receipt
  return { kind: outcome.kind, block, gasUsed, feeWei, l1FeeWei }
}

export function isInBlock<T extends { readonly kind: string }>(
  end: T,
): end is Extract<T, { readonly kind: 'included' | 'reverted' }> {
  return end.kind === 'included' || end.kind === 'reverted'
}

/** It has an end, or can have none. */
export function isFinal(end: CarriedOut): boolean {
  return isInBlock(end) || end.kind === 'replaced' || end.kind === 'rejected'
}

/** Null where a provider did not answer, or says that it has it: it may have taken the transaction. */
export function refusalOf({ accepted, refusals, failures }: Broadcast): string | null {
  const isCertain = !accepted && failures.length === 0 && !refusals.some((words) => mentions('known-already', words))
  return isCertain ? refusals.join('; ') : null
}

/** Null where sending the same bytes once more still means what it meant. */
async function whyNotAgain(
  services: Services,
  { contract, signer }: JournalKey,
  { base, transaction }: JournalEntry,
): Promise<string | null> {
  if (services.deadline.remainingMs() === 0) return 'the time given with --timeout is up'
  try {
    const chain = await services.chain()
    const { account } = await chain.readAccount(signer)
    if (account.pendingNonce > transaction.nonce) return 'a transaction waits at its nonce'
    if (base === null || contract === null) return null
    const changes = changedSince(base, await chain.readCluster({ contract }))
    return changes.length === 0 ? null : `it was not sent again, since ${changes.join(' and ')}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Its file may have been changed by hand. Throws JOURNAL_INVALID where an entry contradicts the bytes it holds. */
export async function requireUnaltered(
  { signer }: JournalKey,
  { transaction: { hash, nonce, raw }, request }: JournalEntry,
): Promise<void> {
  const signed = await (await import('../chain/raw-transactions.js')).rawTransactions.parse(raw)
  const own =
    signed?.hash === hash &&
    signed.from === signer &&
    signed.transaction.nonce === nonce &&
    signed.transaction.to === request.to &&
    signed.transaction.data === request.data
  if (own) return
  throw new WcnError('JOURNAL_INVALID', `the journal's entry of transaction ${hash} contradicts the bytes it holds`, {
    hint: '`wcn tx list` names the transactions; move the journal away once you know what became of them',
    details: { hash, nonce },
  })
}
