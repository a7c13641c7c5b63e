/** `maintenance exit`: gives the slot back. When nobody holds it there is nothing to do, so that a `trap` works. */
import { findOperator } from '../core/cluster/cluster-view.js'
import type { ActionResult, Services } from '../core/ports.js'
import { type MaintenanceInput, readSlot, slotChange, taken, writeSlot } from './maintenance-slot.js'
import { type WriteJson, writeJson } from './write-json.js'

/** Throws MAINTENANCE_TAKEN where another account holds the slot, and what writing throws. */
export async function run(services: Services, input: MaintenanceInput): Promise<ActionResult<WriteJson>> {
  const snapshot = await readSlot(services)
  const { view, account } = snapshot
  const slot = findOperator(view, account.address)
  const key = await services.settings.encryptionKey()
  const unchanged = { changed: false, transaction: null, snapshot, slot, key }
  if (!view.maintenance) {
    services.talk.note('nobody is in maintenance: nothing to do')
    return { data: writeJson({ ...unchanged, dryRun: false, changes: [] }) }
  }
  if (view.maintenance !== account.address) throw await taken(services, snapshot, view.maintenance)
  const changes = [slotChange(snapshot, false)]
  const written = await writeSlot(services, snapshot, false, input)
  if (!written) return { data: writeJson({ ...unchanged, dryRun: true, changes }) }
  const { sent, now } = written
  return {
    data: writeJson({ changed: true, dryRun: false, changes, transaction: sent.json, snapshot: now, slot, key }),
  }
}
