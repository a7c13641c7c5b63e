/** How all nodes of the operator are right now, and whether the cluster is still as a rollout may count on it. */

import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'
import { sameNode } from '../../cluster/plain-node.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import { requireNoMigration } from '../../read/require-cluster.js'
import type { Progress, Rollout } from './rollout.js'

/**
 * Keeps in `progress` what it saw. Throws STATE_CHANGED, MIGRATION_IN_PROGRESS where something remains to be done, and
 * what reading throws.
 */
export async function lookAtNodes(rollout: Rollout, progress: Progress): Promise<readonly NodeHealth[]> {
  const { services, examiner, operator, nodes } = rollout
  const snapshot = await (await services.chain()).readCluster()
  progress.seen = await examiner.examine(nodes, { snapshot, operator })
  requireSameNodes(rollout, snapshot.view)
  // While data moves, every node that is down holds it up.
  if (progress.remaining.length > 0 && !rollout.duringMigration)
    requireNoMigration(snapshot.view, '--during-migration goes on all the same')
  return progress.seen
}

function requireSameNodes({ operator, stored }: Rollout, view: ClusterView): void {
  const now = findOperator(view, operator)?.decoded?.nodes ?? []
  const same = now.length === stored.length && now.every((node, place) => sameNode(node, stored[place]))
  if (same) return
  throw new WcnError('STATE_CHANGED', "the operator's nodes were changed on chain while the rollout ran", {
    hint: 'see `wcn nodes list`',
  })
}
