/** `maintenance exit`: gives the slot back. When nobody holds it there is nothing to do, so that a `trap` works. */
import type { ActionResult, Services } from '../core/ports/services.js'
import { leaveSlot, type MaintenanceInput } from './maintenance-slot.js'
import type { WriteJson } from './write-json.js'

/** Throws MAINTENANCE_TAKEN where another account holds the slot, and what writing throws. */
export async function run(services: Services, input: MaintenanceInput): Promise<ActionResult<WriteJson>> {
  const { json } = await leaveSlot(services, input)
  return { data: json }
}
