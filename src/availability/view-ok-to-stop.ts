/** Whether something may go down now, in one line, and why not. */

import { showAddress } from '../base/address.js'
import type { Paint } from '../cli/paint.js'
import { sinceInWords } from '../maintenance/model/slot.js'
import type { OkToStopJson } from './ok-to-stop.js'

export function okToStopText(data: OkToStopJson, paint: Paint): string {
  const { ok, what, nodes, reasons, own_nodes, shards, maintenance } = data
  const name = what === 'nodes' ? nodes.map(({ index }) => `nodes[${index}]`).join(', ') : `the ${what}`
  const verdict = ok ? paint.good(`yes: ${name} may go down now`) : paint.bad(`no: ${name} must stay up`)
  const down = own_nodes.filter(({ up }) => !up)
  const holder =
    maintenance.holder && (maintenance.name === null ? showAddress(maintenance.holder) : paint.text(maintenance.name))
  const since = maintenance.since && sinceInWords(maintenance.since, paint.now())
  return paint.screen(
    [verdict, ...reasons.map(({ why }) => `${paint.warn('because')} ${paint.text(why)}`)].join('\n'),
    [
      ...(own_nodes.length > 0
        ? [['your nodes', `${own_nodes.length - down.length} of ${own_nodes.length} up`] as const]
        : []),
      ...down.map(({ index, problem }) => ['', `nodes[${index}] ${paint.text(problem ?? '')}`] as const),
      ...(shards ? [['shards', shardsText(shards, paint)] as const] : []),
      ...(holder ? [['maintenance', `${holder}${since ? ` ${since}` : ''}`] as const] : []),
    ],
  )
}

function shardsText({ stored, lost, without }: NonNullable<OkToStopJson['shards']>, paint: Paint): string {
  const already =
    without === 0 ? '' : paint.warn(`; ${without} lack their quorum already, of which it can take nothing away`)
  return `${stored} in the database, ${lost === 0 ? 'all of which can do without it' : paint.bad(`${lost} of which need it`)}${already}`
}
