/**
 * The rollout itself: look, run the user's command for the next nodes, wait until they are operational, and so on. The
 * command knows by its environment for which node it runs.
 */

import type { Services } from '../../cli/services.js'
import { waiting } from '../../cli/wait.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { ExpectedNode } from '../../health/model/expected-node.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import { waitUntilOperational } from '../../health/wait-until-operational.js'
import { endInWords } from '../../maintenance/model/slot.js'
import type { CommandEnd, RunningCommand } from '../../platform/processes/processes.js'
import { beforeStep, tellBlindSpots } from './before-step.js'
import { labels, type Progress, type Rollout } from './begin.js'

/** From asking a command to end to killing it, and from there to giving up. */
const GRACE_MS = 10_000

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

interface NodeRun {
  readonly node: ExpectedNode
  /** Null where it could not be ended. */
  readonly end: CommandEnd | null
  /** Whether it was ended since --timeout was over. */
  readonly timedOut: boolean
}

/** Throws COMMAND_NOT_RUNNABLE. */
async function runForNode(rollout: Rollout, node: ExpectedNode): Promise<NodeRun> {
  const { services, command, passEnv, stopSignals } = rollout
  const processes = await services.processes()
  const running = await processes.start(command, { env: environmentOf(node), passEnv, input: false })
  stopSignals.guard(running)
  const ran = { node, ...(await untilEnded(services, running, node.label)) }
  // Such as the node itself, where the command started it; or what did not heed a signal.
  if (running.groupAlive())
    services.talk.tell(
      `${node.label}: processes that the command started go on (process group ${running.pid}); they are not waited for`,
    )
  return ran
}

function environmentOf({ index, peerId, ipv4Addr, primaryPort, secondaryPort }: ExpectedNode) {
  return {
    WCN_NODE_INDEX: String(index),
    WCN_NODE_PEER_ID: peerId,
    WCN_NODE_IPV4_ADDR: ipv4Addr,
    WCN_NODE_PRIMARY_PORT: String(primaryPort),
    WCN_NODE_SECONDARY_PORT: String(secondaryPort),
  }
}

async function untilEnded(services: Services, running: RunningCommand, label: string) {
  const { clock, deadline, talk } = services
  const over = new AbortController()
  void running.ended.then(() => over.abort())
  const waited = { what: `${label}: the command runs`, leftMs: () => deadline.remainingMs(), told: true, beside: true }
  await waiting(services, waited, (wait) => wait.sleep(deadline.remainingMs(), over.signal))
  if (over.signal.aborted) return { end: await running.ended, timedOut: false }
  talk.warn(`${label}: --timeout is over, and the command still runs: it is ended`)
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    running.signal(signal)
    await clock.sleep(GRACE_MS, over.signal)
    if (over.signal.aborted) return { end: await running.ended, timedOut: true }
  }
  return { end: null, timedOut: true }
}
