/**
 * Waits for nodes that were started, added or changed: until each answers as itself, as a peer of the network sees it,
 * and has stayed so for a while. A node that starts, is seen once and falls over again is not operational.
 */

import type { Address } from '../base/address.js'
import { isTransient } from '../base/is-transient.js'
import { orStopped } from '../base/or-stopped.js'
import { snakeJson } from '../base/snake-json.js'
import { createChangeLogger } from '../cli/change-logger.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import type { Examiner } from './examiner.js'
import type { ExpectedNode } from './model/expected-node.js'
import { isUp, type NodeHealth, whyNotUp } from './model/node-health.js'

/** Between two looks; it grows from the first to the longest. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

/** Flags of `waitOptions`. */
export interface WaitInput {
  readonly nodeTimeout?: string
  readonly settle?: string
}

/** So long a node may take to be operational, and so long it has to stay so. */
export type WaitLimits = ReturnType<typeof parseWaitLimits>

/** Throws SETTING_INVALID: no duration, or 0. */
export function parseWaitLimits({ nodeTimeout = '10m', settle = '10s' }: WaitInput) {
  return { nodeTimeoutMs: parseDuration(nodeTimeout, '--node-timeout'), settleMs: parseDuration(settle, '--settle') }
}

interface AwaitedNodes {
  readonly nodes: readonly ExpectedNode[]
  /** Whose they are. */
  readonly operator: Address
  readonly waits: WaitLimits
  /** Ends the wait, for those who take signals. */
  readonly stop?: AbortSignal
}

/**
 * How they are in the end, in their order. The cluster is read anew at each look, since a node is held against it.
 * Throws NODE_NOT_OPERATIONAL, with the state of each in `details.nodes`, and INTERRUPTED where `stop` is aborted.
 */
export async function waitUntilOperational(
  services: Services,
  examiner: Examiner,
  { nodes, operator, waits, stop }: AwaitedNodes,
): Promise<readonly NodeHealth[]> {
  const { clock, deadline, talk } = services
  const { nodeTimeoutMs, settleMs } = waits
  const names = nodes.map(({ label }) => label).join(', ')
  const endMs = clock.monotonicMs() + nodeTimeoutMs
  const shouldLog = createChangeLogger(clock)
  let upSinceMs: number | null = null
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
    const seen = await orStopped(look(services, examiner, nodes, operator), stop)
    const nowMs = clock.monotonicMs()
    upSinceMs = seen.up ? (upSinceMs ?? nowMs) : null
    if (upSinceMs !== null && nowMs - upSinceMs >= settleMs) return seen.nodes
    const leftMs = (upSinceMs === null ? endMs : upSinceMs + settleMs) - nowMs
    if (leftMs <= 0 || deadline.remainingMs() <= 0) {
      const limit = deadline.remainingMs() <= 0 ? 'by the end of --timeout' : `within ${nodeTimeoutMs / 1000} s`
      const why = seen.up ? `${names}: up, but not for long enough` : seen.why
      throw new WcnError('NODE_NOT_OPERATIONAL', `not operational ${limit}: ${why}`, {
        hint: "look at the node's log; `wcn nodes check` looks again",
        details: { nodes: snakeJson(seen.nodes) },
      })
    }
    if (shouldLog(seen.state))
      talk.note(seen.up ? `${names}: operational; watching for ${settleMs / 1000} s` : `waiting: ${seen.why}`)
    await clock.sleep(Math.ceil(Math.min(pauseMs, leftMs, deadline.remainingMs())), stop)
  }
}

/** `state`: what is worth a line when it changes; `why` they are not up, in words. */
async function look(services: Services, examiner: Examiner, nodes: readonly ExpectedNode[], operator: Address) {
  try {
    const snapshot = await (await services.chain()).readCluster()
    const seen = await examiner.examine(nodes, { snapshot, operator })
    const down = seen.filter((health) => !isUp(health))
    const up = down.length === 0
    const why = down.map((health) => `${health.node.label}: ${whyNotUp(health)}`).join('; ')
    return { nodes: seen, up, state: up ? 'up' : seen.map(diagnosisOf).join(), why }
  } catch (error) {
    if (!isTransient(error)) throw error
    return { nodes: [], up: false, state: error.message, why: `the cluster can't be read: ${error.message}` }
  }
}

function diagnosisOf({ primary, secondary, provider, caughtUp }: NodeHealth): string {
  return [primary.diagnosis, secondary.diagnosis, provider?.problem == null, caughtUp].join('/')
}
