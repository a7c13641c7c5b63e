/** How a rollout went, for people. */

import type { Paint } from '../cli/paint.js'
import { nodeHealthText } from '../health/view-node-health.js'
import type { NodesRolloutJson } from './nodes-rollout.js'

export function nodesRolloutText({ finished, left_out, nodes }: NodesRolloutJson, paint: Paint): string {
  const named = (some: NodesRolloutJson['finished']) => some.map(({ index }) => `nodes[${index}]`).join(', ')
  const done = finished.length === 0 ? 'nothing to do' : `${paint.good('done:')} ${named(finished)}`
  const left = left_out.length === 0 ? '' : `\n${paint.dim('finished before:')} ${named(left_out)}`
  return `${done}${left}\n${nodeHealthText(nodes, paint)}\n`
}
