/** The cluster's data migration, if one runs, and this operator's part in it. */
import type { Check } from '../../base/check.js'
import { type DoctorContext, orNull } from '../doctor-context.js'
import { judgeMigration } from '../model/migration.js'

export async function migration(context: DoctorContext): Promise<readonly Check[]> {
  return judgeMigration((await context.snapshot()).view, await orNull(context.operator), context.services.clock.now())
}
