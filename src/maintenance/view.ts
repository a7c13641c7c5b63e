/** The maintenance slot, and how a maintenance went, as people read it. Those that did not go well are errors. */

import { showAddress } from '../base/address.js'
import { costInWords } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import type { WriteJson } from '../write/write-json.js'
import type { MaintenanceStatusJson } from './maintenance-status.js'
import { sinceInWords } from './model/slot.js'
import type { MaintenanceRunJson } from './run/outcome.js'

export function maintenanceStatusText(status: MaintenanceStatusJson, paint: Paint): string {
  const migration = status.migration_in_progress
    ? paint.warn('a data migration is in progress: maintenance must wait')
    : 'no data migration is in progress'
  const isFree = status.maintenance === null && !status.migration_in_progress
  return paint.screen(
    `${holder(status, paint)}\n${migration}`,
    isFree
      ? ''
      : paint.next(
          'if you want it, wait for it; if it is yours, `wcn maintenance exit` gives it back',
          'wcn maintenance enter --wait 30m',
        ),
  )
}

function holder({ maintenance, name, since }: MaintenanceStatusJson, paint: Paint): string {
  if (maintenance === null) return paint.good('nobody is in maintenance')
  const who = `${showAddress(maintenance)}${name === null ? '' : ` (${paint.text(name)})`}`
  const when = since && sinceInWords(since, paint.now())
  return `${paint.warn('in maintenance:')} ${who}${when ? ` ${when}` : ''}`
}

export function maintenanceRunText(data: MaintenanceRunJson, paint: Paint): string {
  if (data.dry_run) return paint.screen(paint.dim('dry run: nothing was sent, and nothing was run'))
  const { command, database, enter, exit, slot } = data
  const writes = [enter, exit].flatMap((write) => write?.transaction ?? [])
  return paint.screen([
    ['done', paint.good(`the command succeeded, in ${command?.duration_seconds ?? 0} s`)],
    ...(database?.seen_by ? [['database', `up, as ${paint.text(database.seen_by)} says`] as const] : []),
    ['slot', slot === 'given-back' ? 'given back' : paint.warn('not held any more')],
    ['entered by', hashOf(enter, paint)],
    ['left by', exit ? hashOf(exit, paint) : '-'],
    ['cost', costInWords(writes.map(({ fee_wei }) => fee_wei))],
  ])
}

function hashOf({ transaction }: WriteJson, paint: Paint): string {
  return transaction === null ? '-' : paint.text(transaction.hash)
}
