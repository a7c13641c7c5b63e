/** What a rollout is told by flags, settings and the chain, what it refuses before anything happens, and how far it is. */

import type { Services } from '../../cli/services.js'
import { selectNode } from '../../cluster/select-node.js'
import { type ExaminerInput, openExaminer } from '../../health/examiner.js'
import { requireProof } from '../../health/model/advice.js'
import { expectedNodes } from '../../health/model/expected-node.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import { requireTrueAddresses } from '../../health/require-true-addresses.js'
import { parseWaitLimits, type WaitInput } from '../../health/wait-until-operational.js'
import { readOperator, requireDecoded } from '../../read/read-operator.js'
import { positiveInteger, variableNames } from '../../settings/setting-values.js'
import { requireDifferentNodes } from '../model/different-nodes.js'
import type { StopSignals } from './stop-signals.js'

export interface NodesRolloutInput extends ExaminerInput, WaitInput {
  readonly command: readonly string[]
  readonly node?: readonly string[]
  readonly primary?: string
  readonly batch?: string
  readonly maxUnavailable?: string
  readonly duringMigration?: boolean
  readonly resume?: boolean
  readonly passEnv?: readonly string[]
}

export type StartedRollout = Awaited<ReturnType<typeof beginRollout>>

export interface Rollout extends StartedRollout {
  readonly stopSignals: StopSignals
}

/** Places of nodes. */
export interface Progress {
  remaining: readonly number[]
  /** Those whose command was started and that are not finished. */
  working: readonly number[]
  /** By this run, in its order. */
  finished: readonly number[]
  /** By the earlier run that this one resumes. */
  leftOut: readonly number[]
  /** When they were last looked at; none before the first look. */
  seen: readonly NodeHealth[]
  /** Slots that pulled then; null where no migration was running. */
  pulling: readonly number[] | null
}

export function labels(places: readonly number[]): string {
  return places.map((place) => `nodes[${place}]`).join(', ')
}

/**
 * Throws SETTING_INVALID, COMMAND_NOT_RUNNABLE, PROBE_UNAVAILABLE, SELECTOR_*, what settings and flags of the probe
 * throw, and OPERATOR_NOT_FOUND, DATA_UNDECODABLE, ENCRYPTION_KEY_WRONG,
 * AVAILABILITY_AT_RISK.
 */
export async function beginRollout(services: Services, input: NodesRolloutInput) {
  const { command, duringMigration = false } = input
  const passEnv = variableNames(input.passEnv, '--pass-env')
  const count = (value: string | undefined, flag: string, otherwise: number) =>
    value === undefined ? otherwise : positiveInteger(value, flag, 'a number of nodes')
  const limits = {
    batch: count(input.batch, '--batch', 1),
    maxUnavailable: count(input.maxUnavailable, '--max-unavailable', Infinity),
    duringMigration,
  }
  const waits = parseWaitLimits(input)
  await (await services.processes()).check(command)
  const key = await services.settings.requireEncryptionKey()
  const examiner = await openExaminer(services, input)
  requireProof(examiner)
  const reading = await readOperator(services)
  const { nodes: stored } = requireDecoded(reading)
  const placeOf = (selector: string) => selectNode(stored, selector, key)
  const chosen = new Set(input.node?.map(placeOf) ?? stored.keys())
  const places = [...stored.keys()].filter((place) => chosen.has(place))
  const primary = input.primary === undefined ? null : placeOf(input.primary)
  if (primary === null && places.length > 1)
    services.talk.warn(
      "which node holds the signing key can't be told from outside: --primary NODE names it, and makes it the last one",
    )
  const nodes = expectedNodes(stored, key)
  const operator = reading.slot.id
  await requireTrueAddresses(services, { snapshot: reading.snapshot, operator, key })
  requireDifferentNodes(nodes)
  return {
    services,
    examiner,
    operator,
    /** All nodes of the operator as the chain held them at the start, and as they should answer; in their places. */
    stored,
    nodes,
    /** Places of the nodes that are meant, in the order of the list. */
    places,
    /** The place of the node with the signing key; null where it was not said. */
    primary,
    limits,
    waits,
    command,
    passEnv,
  }
}
