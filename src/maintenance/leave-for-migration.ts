/**
 * Between the look at the cluster and the block that takes the maintenance slot a migration may start. Then the slot is
 * given back at once, and nothing is done in it (docs/dev/never.md 9).
 */
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { leaveSlot, type SlotChange } from './maintenance-slot.js'

/** Throws SETTLED_OTHERWISE where a migration slipped in, after giving the slot back. */
export async function leaveForMigration(services: Services, { json, now, sent }: SlotChange): Promise<void> {
  if (!sent || !now.view.pullingOperators) return
  services.talk.warn('a migration started before this was included: leaving maintenance again')
  throw await leaveAgain(services, json.transaction?.hash ?? null)
}

/** Says whether the slot was given back: if not it is kept, loudly, and no error may claim that nothing was sent. */
async function leaveAgain(services: Services, hash: string | null): Promise<WcnError> {
  const started = 'a migration started before maintenance was entered'
  try {
    await leaveSlot(services, { unasked: true })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    return new WcnError('SETTLED_OTHERWISE', `${started}, and giving the slot back did not succeed: ${why}`, {
      hint: 'this account may still hold the slot, in the way of the next migration: run `wcn maintenance exit`',
      details: { hash, given_back: false },
      cause,
    })
  }
  return new WcnError('SETTLED_OTHERWISE', `${started}, so the slot was given back`, {
    hint: 'wait until the migration has ended, and enter again',
    details: { hash, given_back: true },
  })
}
