/** `maintenance exit`: gives the slot back. When nobody holds it there is nothing to do, so that a `trap` works. */
import type { ActionResult, Services } from '../cli/services.js'
import type { WriteJson } from '../write/write-json.js'
import { leaveSlot, type MaintenanceInput } from './maintenance-slot.js'

/** Throws MAINTENANCE_TAKEN where another account holds the slot, and what writing throws. */
export async function run(services: Services, input: MaintenanceInput): Promise<ActionResult<WriteJson>> {
  const { json } = await leaveSlot(services, input)
  return { data: json }
}
