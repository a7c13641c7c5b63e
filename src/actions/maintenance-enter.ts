/**
 * `maintenance enter`: takes the cluster's one maintenance slot. The contract would allow it during a migration, but
 * nodes refuse that event and serve a stale view, so this must not (spec/contract.md, "Maintenance").
 */
import type { WriteSnapshot } from '../core/ports/chain.js'
import type { ActionResult, Services } from '../core/ports/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { changeSlot, leaveSlot, type MaintenanceInput, type SlotDecision, taken } from './maintenance-slot.js'
import type { WriteJson } from './write-json.js'

/** Throws MAINTENANCE_TAKEN, MIGRATION_IN_PROGRESS, and SETTLED_OTHERWISE after giving the slot back. */
export async function run(services: Services, input: MaintenanceInput): Promise<ActionResult<WriteJson>> {
  const { json, now } = await changeSlot(services, true, input, (snapshot) => mayEnter(services, snapshot))
  if (!now?.view.pullingOperators) return { data: json }
  services.talk.warn('a migration started before this was included: leaving maintenance again')
  throw await leaveAgain(services, json.transaction?.hash ?? null)
}

async function mayEnter(services: Services, snapshot: WriteSnapshot): Promise<SlotDecision> {
  const { view, account } = snapshot
  if (view.maintenance === account.address) return { leave: 'already in maintenance' }
  if (view.maintenance) throw await taken(services, snapshot, view.maintenance)
  if (view.pullingOperators)
    throw new WcnError(
      'MIGRATION_IN_PROGRESS',
      `a data migration is in progress: ${view.pullingOperators.length} operators still pull`,
      {
        hint: 'wait until it has ended; `wcn maintenance status` tells',
        details: { pulling_operators: view.pullingOperators },
      },
    )
  return 'write'
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
