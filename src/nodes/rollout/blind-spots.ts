/** What a rollout can't know of the nodes as it looks at them: it goes on all the same, and says so once. */

import type { Services } from '../../cli/services.js'
import type { NodeHealth } from '../../health/model/node-health.js'

/** A node says only in its metrics how far it has got; without them it counts as ready once it answers. */
export function tellBlindSpots({ talk }: Services, seen: readonly NodeHealth[]): void {
  const unknown = seen.filter(({ operational, caughtUp }) => operational && caughtUp === null)
  if (unknown.length === 0) return
  const names = unknown.length === seen.length ? 'the nodes' : unknown.map(({ node }) => node.label).join(', ')
  const refusal = unknown.flatMap(({ checks }) => checks.filter(isRefusal))[0]
  if (refusal) talk.warn(`it can't be told whether ${names} have caught up with the chain: ${refusal.summary}`)
  else
    talk.note(
      `whether ${names} have caught up with the chain is told only by their metrics, which --node-key-file is needed for: they count as ready once they answer`,
    )
}

function isRefusal({ id, status }: NodeHealth['checks'][number]): boolean {
  return id.endsWith('.metrics') && (status === 'warn' || status === 'fail')
}
