/** `maintenance enter`: takes the cluster's one maintenance slot. */
import type { ActionResult, Services } from '../cli/services.js'
import type { WriteJson } from '../write/write-json.js'
import { leaveForMigration, type MaintenanceInput } from './maintenance-slot.js'
import { parseWait, takeSlot } from './take-slot.js'

export interface MaintenanceEnterInput extends MaintenanceInput {
  readonly wait?: string
}

/** Throws MAINTENANCE_TAKEN, MIGRATION_IN_PROGRESS, and SETTLED_OTHERWISE after giving the slot back. */
export async function run(
  services: Services,
  { dryRun = false, wait }: MaintenanceEnterInput,
): Promise<ActionResult<WriteJson>> {
  const change = await takeSlot(services, { dryRun, waitMs: parseWait(wait), own: 'shared' })
  await leaveForMigration(services, change)
  return { data: change.json }
}
