/** Nodes as people read them. */

import { showAddress } from '../base/address.js'
import { shellWord } from '../base/shell-word.js'
import { ADDRESSES_HIDDEN, nodesTable } from '../cli/operator-tables.js'
import type { Paint } from '../cli/paint.js'
import { renderChanges } from '../cli/preview.js'
import type { DataOf } from '../cli/services.js'
import type { run as nodesDiff } from './nodes-diff.js'
import type { run as nodesList } from './nodes-list.js'

export function nodesListText({ name, operator, nodes, addresses }: DataOf<typeof nodesList>, paint: Paint): string {
  const note = addresses === 'encrypted' ? `\n${paint.dim(ADDRESSES_HIDDEN)}` : ''
  return paint.screen(
    `${paint.bold(paint.text(name))} ${paint.dim(showAddress(operator))}\n${nodesTable(nodes, paint)}${note}`,
  )
}

export function nodesDiffText({ changes, plan_file }: DataOf<typeof nodesDiff>, paint: Paint): string {
  const plan = plan_file === null ? '' : `\nplan written to ${paint.text(plan_file)}`
  const [say, from] =
    plan_file === null ? ['carry it out', '-f FILE'] : ['carry out just this', `--plan ${shellWord(plan_file)}`]
  return paint.screen(
    `${renderChanges(changes, paint)}${plan}`,
    changes.length === 0 ? '' : paint.next(say, `wcn nodes update ${from}`),
  )
}
