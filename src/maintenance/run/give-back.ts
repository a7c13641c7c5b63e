/**
 * Gives back the slot that this run took, and no other: meanwhile the owner may have freed it, and another run with the
 * same key, or another operator, may have it now. A provider that is away for a moment is no reason to keep it.
 */
import type { Hex } from '../../base/hex.js'
import type { WriteSnapshot } from '../../chain/chain.js'
import type { Services } from '../../cli/services.js'
import { waiting } from '../../cli/wait.js'
import { WcnError } from '../../errors/wcn-error.js'
import { journalKey } from '../../write/carry-out.js'
import { type TransactionJson, transactionJson, type WriteJson } from '../../write/write-json.js'
import { changeSlot, type SlotChange } from '../maintenance-slot.js'

/** So long what may pass is tried again. */
const PATIENCE_MS = 120_000
const PAUSE_MS = 3_000
/** Nothing was sent, or it is not known what became of it: the next attempt finds that out first. */
const PASSING: readonly string[] = [
  'NETWORK',
  'RPC_ERROR',
  'PROVIDERS_DISAGREE',
  'OUTCOME_UNKNOWN',
  'DROPPED',
  'ACCOUNT_BUSY',
  'ACCOUNT_LOCKED',
  // Somebody else was at the slot at the same time: the next look shows how it is.
  'REVERTED',
  'SETTLED_OTHERWISE',
]

/** `lost`: it was this run's no more, for the reason given; then nothing was written. */
export interface SlotReturn {
  readonly json: WriteJson
  readonly lost: string | null
}

/** `hurry` ends the attempts after the one under way. Throws SLOT_NOT_GIVEN_BACK. */
export function giveBack(services: Services, entered: SlotChange, hurry: AbortSignal): Promise<SlotReturn> {
  const { clock, deadline } = services
  const attempt = givingBack(services, entered)
  const endMs = clock.monotonicMs() + PATIENCE_MS
  const leftMs = () => Math.min(endMs - clock.monotonicMs(), deadline.remainingMs())
  return waiting(services, { what: 'giving the maintenance slot back', leftMs, told: true }, async (wait) => {
    for (;;)
      try {
        return await attempt()
      } catch (error) {
        const passes = error instanceof WcnError && PASSING.includes(error.code)
        if (!passes || hurry.aborted || leftMs() <= 0) throw notGivenBack(error)
        wait.see(`not yet: ${error.message}; trying again`)
        await wait.sleep(PAUSE_MS, hurry)
      }
  })
}

function givingBack(services: Services, entered: SlotChange): () => Promise<SlotReturn> {
  const { interruption } = services
  const sent = new Set<string>()
  const sending = (hash: Hex) => {
    interruption.sending(hash)
    sent.add(hash)
  }
  return async () => {
    let lost: string | null = null
    let earlier: TransactionJson | null = null
    const whyNot = async (snapshot: WriteSnapshot): Promise<string | null> => {
      earlier = await leftBefore(services, snapshot, sent)
      if (earlier) return 'the slot is given back'
      lost = await whyNotOurs(services, entered, snapshot)
      return lost
    }
    // Since the slot was taken, a connection may have died without saying so, and a provider have gone.
    await (await services.chain()).reconnect({ onlyAnswering: true })
    const watched = { ...services, interruption: { ...interruption, sending } }
    const { json } = await changeSlot(watched, false, { unasked: true }, whyNot)
    return { json: earlier ? { ...json, changed: true, transaction: earlier } : json, lost }
  }
}

/** What an attempt of which that was not known has done after all; null: nothing. */
async function leftBefore(
  { state }: Services,
  snapshot: WriteSnapshot,
  sent: ReadonlySet<string>,
): Promise<TransactionJson | null> {
  if (sent.size === 0) return null
  const entries = await (await state()).journal.entries(journalKey(snapshot))
  for (const entry of entries) {
    const { hash } = entry.transaction
    if (entry.state.kind === 'included' && entry.what.kind === 'maintenance-exit' && sent.has(hash))
      return transactionJson({ entry, receipt: { hash, ...entry.state } })
  }
  return null
}

/** Null: the slot is held by the transaction that took it for this run. Throws RPC_ERROR where that can't be seen. */
async function whyNotOurs(services: Services, entered: SlotChange, snapshot: WriteSnapshot): Promise<string | null> {
  const { now, sent } = entered
  if (sent === null) throw new Error('a slot that was never taken can not be given back')
  if (snapshot.block.number < now.block.number)
    throw new WcnError('RPC_ERROR', `the RPC provider shows a block before ${now.block.number}, in which it was taken`)
  const { view, account } = snapshot
  if (view.maintenance === null) return 'the slot is free already: somebody else gave it back'
  if (view.maintenance !== account.address) return `the slot was freed meanwhile, and ${view.maintenance} has it now`
  const chain = await services.chain()
  const since = await chain.maintenanceSince(snapshot)
  // The events may not reach that far back.
  if (since.kind !== 'at' || since.block <= now.block.number) return null
  // Blocks may be built anew, and the transaction be in a later one.
  const looking = { finality: 'included', timeoutMs: 0, giveUpUnheard: true, sinceBlock: now.block.number } as const
  const end = await chain.follow(sent.entry.transaction, looking)
  if (end.kind === 'included' && end.receipt.block.number === since.block) return null
  return `the slot was freed meanwhile, and another run with the same key has taken it in block ${since.block}`
}

function notGivenBack(cause: unknown): WcnError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const hint = cause instanceof WcnError ? cause.hint : undefined
  return new WcnError('SLOT_NOT_GIVEN_BACK', `the maintenance slot is not known to be given back: ${why}`, {
    hint: `\`wcn tx resume\` finishes what was sent, \`wcn maintenance exit\` gives the slot back (nobody in maintenance: done)${hint ? `; ${hint}` : ''}`,
    details: cause instanceof WcnError ? { ...cause.details, why: cause.code } : {},
    cause,
  })
}
