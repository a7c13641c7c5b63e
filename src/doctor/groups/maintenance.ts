/** The cluster's one maintenance slot. */
import type { Check } from '../../base/check.js'
import { sinceInWords } from '../../maintenance/model/since-in-words.js'
import { type DoctorContext, orNull } from '../doctor-context.js'
import { judgeMaintenance } from '../model/maintenance.js'

export async function maintenance(context: DoctorContext): Promise<readonly Check[]> {
  const { services, snapshot } = context
  const read = await snapshot()
  const since = read.view.maintenance === null ? null : await (await services.chain()).maintenanceSince(read)
  return judgeMaintenance(read.view, await orNull(context.operator), since && sinceInWords(since))
}
