/**
 * Waits for nodes that were started, added or changed: until each answers as itself, as a peer of the network sees it,
 * and has stayed so for a while. A node that starts, is seen once and falls over again is not operational.
 */

import type { Address } from '../base/address.js'
import { isTransient } from '../base/is-transient.js'
import { orStopped } from '../base/or-stopped.js'
import { createChangeLogger } from '../cli/change-logger.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import type { Examiner } from './examiner.js'
import { isUp } from './model/is-up.js'
import type { ExpectedNode, NodeHealth } from './model/node-health.js'
import { nodeHealthJson } from './model/to-json.js'
import { whyNotUp } from './model/why-not-up.js'

/** Between two looks; it grows from the first to the longest. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

/** Flags of `waitOptions`. */
export interface WaitInput {
  readonly nodeTimeout?: string
  readonly settle?: string
}

export interface WaitLimits {
  /** So long a node may take to be operational. */
  readonly nodeTimeoutMs: number
  /** And so long it has to stay so. */
  readonly settleMs: number
}

/** Throws SETTING_INVALID: no duration, or 0. */
export function parseWaitLimits({ nodeTimeout = '10m', settle = '10s' }: WaitInput): WaitLimits {
  return { nodeTimeoutMs: parseDuration(nodeTimeout, '--node-timeout'), settleMs: parseDuration(settle, '--settle') }
}

export interface AwaitedNodes {
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
  awaited: AwaitedNodes,
): Promise<readonly NodeHealth[]> {
  const { clock, deadline } = services
  const { waits, stop } = awaited
  const endMs = clock.monotonicMs() + waits.nodeTimeoutMs
  const tell = teller(services, waits)
  let upSinceMs: number | null = null
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
    const seen = await orStopped(look(services, examiner, awaited), stop)
    const nowMs = clock.monotonicMs()
    upSinceMs = seen.up ? (upSinceMs ?? nowMs) : null
    if (upSinceMs !== null && nowMs - upSinceMs >= waits.settleMs) return seen.nodes
    const leftMs = (upSinceMs === null ? endMs : upSinceMs + waits.settleMs) - nowMs
    if (leftMs <= 0 || deadline.remainingMs() <= 0) throw notOperational(services, awaited, seen)
    tell(seen)
    await clock.sleep(Math.ceil(Math.min(pauseMs, leftMs, deadline.remainingMs())), stop)
  }
}

interface Sighting {
  readonly nodes: readonly NodeHealth[]
  readonly up: boolean
  /** Why the nodes could not be held against the cluster; null where they were. */
  readonly unread: string | null
}

async function look(services: Services, examiner: Examiner, { nodes, operator }: AwaitedNodes): Promise<Sighting> {
  try {
    const snapshot = await (await services.chain()).readCluster()
    const seen = await examiner.examine(nodes, { snapshot, operator })
    return { nodes: seen, up: seen.every(isUp), unread: null }
  } catch (error) {
    if (!isTransient(error)) throw error
    return { nodes: [], up: false, unread: error.message }
  }
}

/** Says what is waited for when that changes, and now and then that it is still the same. */
function teller({ clock, talk }: Services, { settleMs }: WaitLimits) {
  const shouldLog = createChangeLogger(clock)
  return (seen: Sighting) => {
    const state = seen.up ? 'up' : (seen.unread ?? seen.nodes.map(diagnosisOf).join())
    if (!shouldLog(state)) return
    const names = seen.nodes.map(({ node }) => node.label).join(', ')
    talk.note(seen.up ? `${names}: operational; watching for ${settleMs / 1000} s` : `waiting: ${inWords(seen)}`)
  }
}

function diagnosisOf(health: NodeHealth): string {
  const { primary, secondary, provider, caughtUp } = health
  return [primary.diagnosis, secondary.diagnosis, provider?.problem == null, caughtUp].join('/')
}

function inWords({ nodes, unread }: Sighting): string {
  if (unread !== null) return `the cluster can't be read: ${unread}`
  const down = nodes.filter((health) => !isUp(health))
  return down.map((health) => `${health.node.label}: ${whyNotUp(health)}`).join('; ')
}

function notOperational({ deadline }: Services, { nodes, waits }: AwaitedNodes, seen: Sighting): WcnError {
  const limit = deadline.remainingMs() <= 0 ? 'by the end of --timeout' : `within ${waits.nodeTimeoutMs / 1000} s`
  const names = nodes.map(({ label }) => label).join(', ')
  const why = seen.up ? `${names}: up, but not for long enough` : inWords(seen)
  return new WcnError('NODE_NOT_OPERATIONAL', `not operational ${limit}: ${why}`, {
    hint: "look at the node's log; `wcn nodes check` looks again",
    details: { nodes: seen.nodes.map(nodeHealthJson) },
  })
}
