/** What happened to a cluster, as people read it. */
import { utc } from '../base/utc.js'
import type { Paint } from '../cli/paint.js'
import { renderChanges } from '../cli/preview.js'
import type { DataOf } from '../cli/services.js'
import type { run as clusterDiff } from './cluster-diff.js'
import type { run as clusterHistory } from './cluster-history.js'
import type { WatchData } from './cluster-watch.js'

export function historyText({ events, from_block, to_block }: DataOf<typeof clusterHistory>, paint: Paint): string {
  const range = paint.dim(`blocks ${from_block} to ${to_block}`)
  if (events.length === 0) return paint.screen(`nothing happened; ${range}`)
  const table = paint.table(
    ['when', 'version', 'block?', 'what'],
    events.map(({ time, version, block, words }) => [
      utc(time, 'minute'),
      version === null ? '-' : String(version),
      String(block.number),
      paint.text(words),
    ]),
  )
  return paint.screen(table, range)
}

export function watchText({ from, event, undone }: WatchData, paint: Paint): string {
  if (event === null) {
    const start = from?.block
      ? `after block ${from.block.number}`
      : `after version ${from && 'version' in from ? from.version : ''}, heard from one node`
    return paint.screen(paint.dim(`what happens ${start}; Ctrl-C ends it`))
  }
  const told = `${undone ? 'taken back by the chain: ' : ''}${paint.text(event.words)}`
  return paint.screen(`${paint.dim(utc(event.time, 'second'))}  ${undone ? paint.warn(told) : told}`)
}

export function clusterDiffText({ from, to, changes }: DataOf<typeof clusterDiff>, paint: Paint): string {
  return paint.screen(
    paint.fields([
      ['from', `version ${from.version}, block ${from.block.number}`],
      ['to', `version ${to.version}, block ${to.block.number}`],
    ]),
    changes.length === 0 ? 'nothing is different' : renderChanges(changes, paint),
  )
}
