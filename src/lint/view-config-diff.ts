/** Prints the table of `config diff`: marks what differs, and only counts what is the same everywhere. */

import { showAddress } from '../base/address.js'
import { counted } from '../base/counted.js'
import type { Paint } from '../cli/paint.js'
import type { ConfigDiffData } from './config-diff.js'

export function configDiffText({ rows, drift, operator, block }: ConfigDiffData, paint: Paint): string {
  const shown = rows.filter((row) => row.drift || row.running !== null)
  const cell = (text: string | null) => (text === null ? paint.dim('–') : paint.text(text))
  // Where nobody was asked, nothing stands in the column.
  const isAsked = rows.some(({ running }) => running !== null)
  const table = shown.map(({ node, field, files, chain, running, drift: differs }) => [
    differs ? paint.warn('differs') : paint.dim('same'),
    paint.text(node),
    field,
    cell(files),
    cell(chain),
    ...(isAsked ? [cell(running)] : []),
  ])
  const summary = `${drift === 0 ? paint.good('no differences') : paint.warn(counted(drift, 'difference'))} in ${counted(rows.length, 'value')}; operator ${showAddress(operator)} at block ${block.number}`
  return paint.screen(
    shown.length === 0
      ? ''
      : paint.table(['', 'node', 'field', 'files', 'chain', ...(isAsked ? ['running'] : [])], table),
    summary,
    drift === 0
      ? ''
      : paint.next('make the chain like the files, or `wcn config emit` the files anew', 'wcn nodes update -f FILE'),
  )
}
