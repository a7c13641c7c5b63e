/** What a write of the list, a rollout and a rotation did, in words. What would change was shown before, on stderr. */

import { costInWords } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import type { DataOf } from '../cli/services.js'
import { nodeHealthText } from '../health/view-node-health.js'
import { writeText } from '../write/view.js'
import type { WriteJson } from '../write/write-json.js'
import type { run as nodesRollout } from './nodes-rollout.js'
import type { run as nodesRotate } from './nodes-rotate.js'

export function nodesRolloutText({ finished, left_out, nodes }: DataOf<typeof nodesRollout>, paint: Paint): string {
  const named = (some: typeof finished) => some.map(({ index }) => `nodes[${index}]`).join(', ')
  const done = finished.length === 0 ? 'nothing to do' : `${paint.good('done:')} ${named(finished)}`
  const left = left_out.length === 0 ? '' : `\n${paint.dim('finished before:')} ${named(left_out)}`
  return paint.screen(`${done}${left}`, nodeHealthText(nodes, paint))
}

export function nodesRotateText(data: DataOf<typeof nodesRotate>, paint: Paint): string {
  const { changed, dry_run, transactions, version, node } = data
  if (dry_run) return paint.screen(paint.dim('dry run: nothing was sent'))
  if (node === null) return paint.screen(changed ? 'nothing was rotated' : 'nothing to do')
  const { add, remove } = transactions
  const sent = [add, remove].flatMap((transaction) => transaction ?? [])
  const fields: [string, string][] = [['done', paint.good('the new node is in the place of the old one')]]
  if (add) fields.push(['added', `${paint.text(add.hash)} in block ${add.block.number}`])
  if (remove) fields.push(['removed', `${paint.text(remove.hash)} in block ${remove.block.number}`])
  fields.push(['cost', costInWords(sent.map(({ fee_wei }) => fee_wei))], ['cluster version', String(version)])
  return paint.screen(
    fields,
    nodeHealthText([node], paint),
    paint.next(
      'the old node may be stopped now. If it held the signing key (SMART_CONTRACT_SIGNER_PRIVATE_KEY), stop it first, and then start one other node with that key: exactly one must have it',
      null,
    ),
  )
}

export function nodesWriteText(data: WriteJson, paint: Paint): string {
  const brings = data.changes.some(({ op, path }) => op !== 'remove' && path.startsWith('nodes['))
  const text = writeText(data, paint)
  return data.changed && brings
    ? paint.screen(text.trimEnd(), paint.next('see that they answer', 'wcn nodes check'))
    : text
}
