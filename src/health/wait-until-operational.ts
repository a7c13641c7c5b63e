/**
 * Waits for nodes that were started, added or changed: until each answers as itself, as a peer of the network sees it,
 * and has stayed so for a while. A node that starts, is seen once and falls over again is not operational.
 */

import type { Address } from '../base/address.js'
import { isTransient } from '../base/is-transient.js'
import { snakeJson } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import type { Examiner } from './examiner.js'
import type { ExpectedNode } from './model/expected-node.js'
import { isUp, type NodeHealth, whyNotUp } from './model/node-health.js'
import { type Look, untilItStays } from './until-it-stays.js'

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
  const { nodeTimeoutMs: timeoutMs, settleMs } = waits
  const names = nodes.map(({ label }) => label).join(', ')
  const look = () => lookAt(services, examiner, nodes, operator)
  const seen = await untilItStays(services, { what: `waiting for ${names}`, look, timeoutMs, settleMs, stop })
  if (seen.stayed) return seen.value
  const limit = services.deadline.remainingMs() <= 0 ? 'by the end of --timeout' : `within ${timeoutMs / 1000} s`
  const why = seen.up ? `${names}: up, but not for long enough` : seen.words
  throw new WcnError('NODE_NOT_OPERATIONAL', `not operational ${limit}: ${why}`, {
    hint: "look at the node's log; `wcn nodes check` looks again",
    details: { nodes: snakeJson(seen.value) },
  })
}

async function lookAt(
  services: Services,
  examiner: Examiner,
  nodes: readonly ExpectedNode[],
  operator: Address,
): Promise<Look<readonly NodeHealth[]>> {
  try {
    const snapshot = await (await services.chain()).readCluster()
    const seen = await examiner.examine(nodes, { snapshot, operator })
    const down = seen.filter((health) => !isUp(health))
    if (down.length === 0) return { value: seen, up: true, words: 'operational; watching whether it stays so' }
    const words = down.map((health) => `${health.node.label}: ${whyNotUp(health)}`).join('; ')
    return { value: seen, up: false, words, state: seen.map(diagnosisOf).join() }
  } catch (error) {
    if (!isTransient(error)) throw error
    return { value: [], up: false, words: `the cluster can't be read: ${error.message}` }
  }
}

function diagnosisOf({ primary, secondary, provider, caughtUp }: NodeHealth): string {
  return [primary.diagnosis, secondary.diagnosis, provider?.problem == null, caughtUp].join('/')
}
