/** The cluster's data migration, if one runs, and this operator's part in it. */
import type { Check } from '../../core/check.js'
import { judgeMigration } from '../../core/doctor/migration.js'
import { known, type Looks } from './looks.js'

export async function migration(looks: Looks): Promise<readonly Check[]> {
  return judgeMigration((await looks.snapshot()).view, await known(looks.operator), looks.services.clock.now())
}
