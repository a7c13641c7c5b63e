/** The rollout itself: look, run the command for the next nodes, wait until they are operational, and so on. */

import { WcnError } from '../../errors/wcn-error.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import { waitUntilOperational } from '../../health/wait-until-operational.js'
import { endInWords } from '../../maintenance/model/slot-verdict.js'
import { beforeStep } from './before-step.js'
import { tellBlindSpots } from './blind-spots.js'
import { labels, type Progress, type Rollout } from './rollout.js'
import { type NodeRun, runForNode } from './run-for-node.js'

/**
 * All nodes as they are in the end. `onProgress` is called before the first node and after each one that is finished.
 * Throws COMMAND_FAILED, and what looking before a step, starting the command and waiting throw.
 */
export async function rollOut(
  rollout: Rollout,
  progress: Progress,
  onProgress: () => Promise<void>,
): Promise<readonly NodeHealth[]> {
  const { services, examiner, operator, waits, stopSignals } = rollout
  const total = progress.remaining.length
  for (;;) {
    const batch = await beforeStep(rollout, progress)
    if (batch.length === 0) return progress.seen
    if (progress.finished.length === 0) {
      tellBlindSpots(services, progress.seen)
      // Where it can't be kept how far this is, nothing has happened yet.
      await onProgress()
    }
    requireGoingOn(stopSignals.stop)
    const nodes = batch.flatMap((place) => rollout.nodes[place] ?? [])
    const done = progress.finished.length
    const step = batch.length === 1 ? `${done + 1}` : `${done + 1} to ${done + batch.length}`
    services.talk.note(`${step} of ${total}: ${labels(batch)}`)
    progress.working = batch
    const ran = await allOf(nodes.map((node) => runForNode(rollout, node)))
    // First: a command that was told to end has not failed.
    requireGoingOn(stopSignals.stop)
    requireSuccess(ran)
    await waitUntilOperational(services, examiner, { nodes, operator, waits, stop: stopSignals.stop })
    progress.remaining = progress.remaining.filter((place) => !batch.includes(place))
    progress.finished = [...progress.finished, ...batch]
    progress.working = []
    await onProgress()
    services.talk.note(`${labels(batch)}: done`)
  }
}

/** Waits for all of them, also where one throws: what was started must not go on unseen. */
async function allOf<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(works)
  return Promise.all(works)
}

function requireGoingOn(stop: AbortSignal): void {
  if (stop.aborted) throw new WcnError('INTERRUPTED', 'interrupted')
}

function requireSuccess(ran: readonly NodeRun[]): void {
  const failed = ran.filter(({ end }) => end?.exitCode !== 0)
  if (failed.length === 0) return
  const commands = failed.map(({ node, end, timedOut }) => ({
    node: { index: node.index, peer_id: node.peerId },
    exit_code: end?.exitCode ?? null,
    signal: end?.signal ?? null,
    timed_out: timedOut,
  }))
  const words = failed.map((one) => `${one.node.label}: ${inWords(one)}`)
  throw new WcnError('COMMAND_FAILED', `the command failed for ${words.join('; ')}`, {
    hint: 'see what it printed above',
    details: { commands },
  })
}

function inWords({ end, timedOut }: NodeRun): string {
  if (end === null) return 'it was still running at the end of --timeout, and could not be ended'
  return `it ${timedOut ? 'was still running at the end of --timeout, and then it ' : ''}${endInWords(end)}`
}
