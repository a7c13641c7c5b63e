/** The cluster's data migration, if one runs, and this operator's part in it. */
import type { Check } from '../../base/check.js'
import { known, type Looks } from '../looks.js'
import { judgeMigration } from '../model/migration.js'

export async function migration(looks: Looks): Promise<readonly Check[]> {
  return judgeMigration((await looks.snapshot()).view, await known(looks.operator), looks.services.clock.now())
}
