/** Runs the user's command for one node. The command knows by its environment for which. */

import { createHeartbeat } from '../../cli/heartbeat.js'
import type { Services } from '../../cli/services.js'
import type { ExpectedNode } from '../../health/model/expected-node.js'
import type { CommandEnd, RunningCommand } from '../../platform/processes/processes.js'
import type { Rollout } from './rollout.js'

/** From asking the command to end to killing it, and from there to giving up. */
const GRACE_MS = 10_000

export interface NodeRun {
  readonly node: ExpectedNode
  /** Null where it could not be ended. */
  readonly end: CommandEnd | null
  /** Whether it was ended since --timeout was over. */
  readonly timedOut: boolean
}

/** Throws COMMAND_NOT_RUNNABLE. */
export async function runForNode(rollout: Rollout, node: ExpectedNode): Promise<NodeRun> {
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

async function untilEnded({ clock, deadline, talk }: Services, running: RunningCommand, label: string) {
  const over = new AbortController()
  void running.ended.then(() => over.abort())
  const heartbeat = createHeartbeat({ clock, talk }, null)
  const words = (duration: string) => `${label}: the command has been running for ${duration}`
  while (!over.signal.aborted && deadline.remainingMs() > 0)
    await heartbeat.sleep(deadline.remainingMs(), words, over.signal)
  if (over.signal.aborted) return { end: await running.ended, timedOut: false }
  talk.warn(`${label}: --timeout is over, and the command still runs: it is ended`)
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    running.signal(signal)
    await clock.sleep(GRACE_MS, over.signal)
    if (over.signal.aborted) return { end: await running.ended, timedOut: true }
  }
  return { end: null, timedOut: true }
}
