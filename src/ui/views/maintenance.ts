/** The maintenance slot as people read it. */
import type { MaintenanceStatusJson } from '../../actions/maintenance-status.js'
import { sinceInWords } from '../../core/cluster/since-in-words.js'
import type { Paint } from '../paint.js'
import { showAddress } from '../show-address.js'

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
