/** `maintenance exit`: gives the slot back. When nobody holds it there is nothing to do, so that a `trap` works. */
import type { ActionResult, Services } from '../core/ports.js'
import { type MaintenanceInput, nothingToDo, readSlot, slotResult, taken, writeSlot } from './maintenance-slot.js'
import type { WriteJson } from './write-json.js'

/** Throws MAINTENANCE_TAKEN where another account holds the slot, and what writing throws. */
export async function run(services: Services, input: MaintenanceInput): Promise<ActionResult<WriteJson>> {
  const snapshot = await readSlot(services)
  const { view, account } = snapshot
  if (!view.maintenance) return nothingToDo(services, snapshot, 'nobody is in maintenance')
  if (view.maintenance !== account.address) throw await taken(services, snapshot, view.maintenance)
  return slotResult(services, snapshot, false, await writeSlot(services, snapshot, false, input))
}
