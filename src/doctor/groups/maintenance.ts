/** The cluster's one maintenance slot. */
import type { Check } from '../../base/check.js'
import { sinceInWords } from '../../maintenance/model/since-in-words.js'
import { known, type Looks } from '../looks.js'
import { judgeMaintenance } from '../model/maintenance.js'

export async function maintenance(looks: Looks): Promise<readonly Check[]> {
  const { services, snapshot } = looks
  const read = await snapshot()
  const since = read.view.maintenance === null ? null : await (await services.chain()).maintenanceSince(read)
  return judgeMaintenance(read.view, await known(looks.operator), since && sinceInWords(since))
}
