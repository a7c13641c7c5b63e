/** What the parts of a rollout have in common: what it is to do, and how far it is. */
import type { Address } from '../../base/address.js'
import type { Services } from '../../cli/services.js'
import type { StoredNode } from '../../cluster/codec/operator-data.js'
import type { Examiner } from '../../health/examiner.js'
import type { ExpectedNode } from '../../health/model/expected-node.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import type { WaitLimits } from '../../health/wait-until-operational.js'
import type { RolloutLimits } from '../model/next-batch.js'
import type { StopSignals } from './stop-signals.js'

export interface Rollout {
  readonly services: Services
  readonly examiner: Examiner
  readonly operator: Address
  /** All nodes of the operator as the chain held them at the start, and as they should answer; in their places. */
  readonly stored: readonly StoredNode[]
  readonly nodes: readonly ExpectedNode[]
  /** The place of the node with the signing key; null where it was not said. */
  readonly primary: number | null
  readonly limits: RolloutLimits
  readonly waits: WaitLimits
  readonly duringMigration: boolean
  readonly command: readonly string[]
  readonly passEnv: readonly string[]
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
}

export function labels(places: readonly number[]): string {
  return places.map((place) => `nodes[${place}]`).join(', ')
}
