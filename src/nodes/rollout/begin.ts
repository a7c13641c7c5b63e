/** What a rollout is told by flags, settings and the chain, and what it refuses before anything happens. */

import type { Services } from '../../cli/services.js'
import { selectNode } from '../../cluster/select-node.js'
import { WcnError } from '../../errors/wcn-error.js'
import { type ExaminerInput, openExaminer } from '../../health/examiner.js'
import { requireProof } from '../../health/model/advice.js'
import { type ExpectedNode, expectedNodes } from '../../health/model/expected-node.js'
import { requireTrueAddresses } from '../../health/require-true-addresses.js'
import { parseWaitLimits, type WaitInput } from '../../health/wait-until-operational.js'
import { readOperator, requireDecoded } from '../../read/read-operator.js'
import { positiveInteger, variableNames } from '../../settings/setting-values.js'
import type { Rollout } from './rollout.js'

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

export interface StartedRollout {
  readonly rollout: Omit<Rollout, 'stopSignals'>
  /** Places of the nodes that are meant, in the order of the list. */
  readonly places: readonly number[]
}

/**
 * Throws SETTING_INVALID, COMMAND_NOT_RUNNABLE, PROBE_UNAVAILABLE, SELECTOR_*, what settings and flags of the probe
 * throw, and OPERATOR_NOT_FOUND, DATA_UNDECODABLE, ENCRYPTION_KEY_WRONG,
 * AVAILABILITY_AT_RISK.
 */
export async function beginRollout(services: Services, input: NodesRolloutInput): Promise<StartedRollout> {
  const { command, duringMigration = false } = input
  const passEnv = variableNames(input.passEnv, '--pass-env')
  const count = (value: string | undefined, flag: string, otherwise: number) =>
    value === undefined ? otherwise : positiveInteger(value, flag, 'a number of nodes')
  const limits = {
    batch: count(input.batch, '--batch', 1),
    maxUnavailable: count(input.maxUnavailable, '--max-unavailable', Infinity),
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
    rollout: { services, examiner, operator, stored, nodes, primary, limits, waits, duringMigration, command, passEnv },
    places,
  }
}

/** One that is listed twice would be the other one that serves while it is itself taken down. */
function requireDifferentNodes(nodes: readonly ExpectedNode[]): void {
  const seen = new Map<string, ExpectedNode>()
  for (const node of nodes) {
    const place = `${node.peerId} ${node.ipv4Addr}:${node.primaryPort}`
    const other = seen.get(place)
    if (other)
      throw new WcnError(
        'AVAILABILITY_AT_RISK',
        `${other.label} and ${node.label} are one and the same node on chain: while it is down, so are both`,
        { hint: `take one of them off the list: \`wcn nodes remove ${node.index}\`` },
      )
    seen.set(place, node)
  }
}
