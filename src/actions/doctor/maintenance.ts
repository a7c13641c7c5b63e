/** The cluster's one maintenance slot. */
import type { Check } from '../../core/check.js'
import { sinceInWords } from '../../core/cluster/since-in-words.js'
import { judgeMaintenance } from '../../core/doctor/maintenance.js'
import { known, type Looks } from './looks.js'

export async function maintenance(looks: Looks): Promise<readonly Check[]> {
  const { services, snapshot } = looks
  const read = await snapshot()
  const since = read.view.maintenance === null ? null : await (await services.chain()).maintenanceSince(read)
  return judgeMaintenance(read.view, await known(looks.operator), since && sinceInWords(since))
}
