/**
 * What must hold before a rollout takes the next nodes down: enough others serve, and those it has finished are still
 * up. A node may miss a look, or be a block behind the chain for a moment, so it gets as long as it has to settle.
 */

import { orStopped } from '../../base/or-stopped.js'
import type { Services } from '../../cli/services.js'
import { waiting } from '../../cli/wait.js'
import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'
import { whyNodesMustStay } from '../../cluster/may-stop.js'
import { sameNode } from '../../cluster/plain-node.js'
import { WcnError } from '../../errors/wcn-error.js'
import { isUp, type NodeHealth, whyNotUp } from '../../health/model/node-health.js'
import { requireNoMigration } from '../../read/require-cluster.js'
import { candidates, nextBatch, type RolloutLimits, type Situation } from '../model/next-batch.js'
import { labels, type Progress, type Rollout } from './begin.js'

const PAUSE_MS = 1_000

/**
 * Places of the nodes to go on with; none once nothing remains. Throws AVAILABILITY_AT_RISK, NODE_NOT_OPERATIONAL where a
 * finished one has fallen, INTERRUPTED, and what lookAtNodes throws.
 */
export async function beforeStep(rollout: Rollout, progress: Progress): Promise<readonly number[]> {
  const { services, stopSignals, waits, nodes, primary, limits } = rollout
  const { clock, deadline } = services
  // The step before may have taken as long as a connection lives.
  await (await services.chain()).reconnect()
  const endMs = clock.monotonicMs() + waits.settleMs
  const leftMs = () => Math.min(endMs - clock.monotonicMs(), deadline.remainingMs())
  return waiting(services, { what: 'waiting for the nodes before the next step', leftMs }, async (wait) => {
    for (;;) {
      const seen = await orStopped(lookAtNodes(rollout, progress), stopSignals.stop)
      const down = seen.flatMap((health, place) => (isUp(health) ? [] : [place]))
      const fallen = down.filter((place) => progress.finished.includes(place))
      const { remaining } = progress
      const migrating = progress.pulling !== null
      const situation = { total: nodes.length, remaining, down: new Set(down), primary, migrating }
      requireNoObstacle(situation, limits, progress)
      const batch = nextBatch(situation, limits)
      if (fallen.length === 0 && (batch.length > 0 || remaining.length === 0)) return batch
      if (leftMs() <= 0) throw fallen.length > 0 ? fellAgain(fallen, seen) : atRisk(rollout, down, seen)
      wait.see(inWords(down, seen), String(down))
      await wait.sleep(Math.min(PAUSE_MS, leftMs()), stopSignals.stop)
    }
  })
}

function fellAgain(fallen: readonly number[], seen: readonly NodeHealth[]): WcnError {
  const message = `no longer operational after this rollout had finished with it: ${inWords(fallen, seen)}`
  return new WcnError('NODE_NOT_OPERATIONAL', message, { hint: "look at the node's log" })
}

function atRisk({ nodes, limits }: Rollout, down: readonly number[], seen: readonly NodeHealth[]): WcnError {
  const most = Math.min(limits.maxUnavailable, nodes.length - 1)
  const rule = most === nodes.length - 1 ? 'one node at least has to serve' : `no more than ${most} may be down`
  return new WcnError(
    'AVAILABILITY_AT_RISK',
    `another node must not be taken down, ${rule}: ${inWords(down, seen)} (${down.length} of ${nodes.length})`,
    {
      hint:
        down.length < nodes.length
          ? `bring up ${labels(down)} first: \`wcn nodes check\` looks at them`
          : 'none is up, so a rollout has nothing to rely on: bring up one by hand, by the same command with what a rollout puts into its environment (WCN_NODE_INDEX and the like); once `wcn nodes check` finds it up, the rollout does the others',
      details: { down, max_unavailable: most },
    },
  )
}

function inWords(places: readonly number[], seen: readonly NodeHealth[]): string {
  return seen
    .filter((_, place) => places.includes(place))
    .map((health) => `${health.node.label}: ${whyNotUp(health)}`)
    .join('; ')
}

/** What no waiting for a moment mends. Throws MIGRATION_IN_PROGRESS. */
function requireNoObstacle(situation: Situation, limits: RolloutLimits, { pulling: pullingOperators }: Progress): void {
  const [first] = candidates(situation)
  const objections = first === undefined ? [] : whyNodesMustStay(situation, limits, [first])
  if (objections.some(({ id }) => id === 'migration'))
    requireNoMigration({ pullingOperators }, '--during-migration goes on all the same')
  if (objections.some(({ id }) => id === 'primary')) requireNoMigration({ pullingOperators }, PRIMARY_WAITS)
}

const PRIMARY_WAITS = 'the primary node has to finish it, so that one is not taken down meanwhile'

/** Keeps in `progress` what it saw. Throws STATE_CHANGED, and what reading throws. */
export async function lookAtNodes(rollout: Rollout, progress: Progress): Promise<readonly NodeHealth[]> {
  const { services, examiner, operator, nodes } = rollout
  const snapshot = await (await services.chain()).readCluster()
  progress.seen = await examiner.examine(nodes, { snapshot, operator })
  requireSameNodes(rollout, snapshot.view)
  progress.pulling = snapshot.view.pullingOperators
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
