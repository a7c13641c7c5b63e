/** The maintenance slot as people read it. */
import type { MaintenanceStatusJson } from '../../actions/maintenance-status.js'
import type { MaintenanceSince } from '../../core/ports.js'
import type { Paint } from '../paint.js'
import { showAddress } from '../show-address.js'

export function maintenanceStatusText(status: MaintenanceStatusJson, paint: Paint): string {
  const lines = [holder(status, paint)]
  if (status.migration_in_progress) lines.push(paint.warn('a data migration is in progress: maintenance must wait'))
  return `${lines.join('\n')}\n`
}

function holder({ maintenance, name, since }: MaintenanceStatusJson, paint: Paint): string {
  if (maintenance === null) return paint.good('nobody is in maintenance')
  const who = `${showAddress(maintenance)}${name === null ? '' : ` (${paint.text(name)})`}`
  return `${paint.warn('in maintenance:')} ${who}${since === null ? '' : inWords(since)}`
}

function inWords(since: MaintenanceSince): string {
  if (since.kind === 'at') return ` since ${new Date(since.time * 1000).toISOString()} (block ${since.block})`
  return since.blocks > 0 ? ` for at least ${since.blocks} blocks` : ''
}
