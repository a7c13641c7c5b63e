/** The maintenance slot as people read it. */

import type { Paint } from '../cli/paint.js'
import { showAddress } from '../cli/show-address.js'
import type { MaintenanceStatusJson } from './maintenance-status.js'
import { sinceInWords } from './model/since-in-words.js'

export function maintenanceStatusText(status: MaintenanceStatusJson, paint: Paint): string {
  const migration = status.migration_in_progress
    ? paint.warn('a data migration is in progress: maintenance must wait')
    : 'no data migration is in progress'
  return `${holder(status, paint)}\n${migration}\n`
}

function holder({ maintenance, name, since }: MaintenanceStatusJson, paint: Paint): string {
  if (maintenance === null) return paint.good('nobody is in maintenance')
  const who = `${showAddress(maintenance)}${name === null ? '' : ` (${paint.text(name)})`}`
  const when = since && sinceInWords(since)
  return `${paint.warn('in maintenance:')} ${who}${when ? ` ${when}` : ''}`
}
