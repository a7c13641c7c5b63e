/**
 * Decides what may go down now, for everybody who takes something down or is asked about it: rollouts, maintenance,
 * `ok-to-stop` (docs/dev/network/keyspace.md, "Quorum"; docs/dev/network/contract.md, "The network around it").
 */

/** Why something must stay up. `id` is a promise to scripts. */
export interface Objection {
  readonly id: ObjectionId
  /** In half a sentence. */
  readonly why: string
}

type ObjectionId =
  | 'others-down'
  | 'migration'
  | 'primary'
  | 'slot-taken'
  | 'quorum'
  | 'in-keyspace'
  | 'pulls'
  | 'holds-slot'

export interface NodesSituation {
  /** How many nodes the operator has. */
  readonly total: number
  /** Places of those that can't be counted on: not up, or not caught up. */
  readonly down: ReadonlySet<number>
  /** The place of the node with the signing key; null where it is not known. */
  readonly primary: number | null
  readonly migrating: boolean
}

export interface NodesLimits {
  /** Nodes that may be down at a time, those at work included; with all but one the least that is asked for. */
  readonly maxUnavailable: number
  /** While data moves every node that is down holds it up; somebody says that this is to be borne. */
  readonly duringMigration: boolean
}

/** Of these nodes, if all of them went down at once. */
export function whyNodesMustStay(
  { total, down, primary, migrating }: NodesSituation,
  { maxUnavailable, duringMigration }: NodesLimits,
  places: readonly number[],
): readonly Objection[] {
  const most = Math.min(maxUnavailable, total - 1)
  const unavailable = new Set([...down, ...places]).size
  return [
    ...when(
      unavailable > most,
      'others-down',
      most === total - 1 ? 'one node at least has to serve' : `no more than ${most} may be down`,
    ),
    ...when(migrating && !duringMigration, 'migration', 'a data migration is in progress'),
    // Stopped while pulling it closes its servers and goes on running until the migration ends.
    ...when(
      migrating && duringMigration && primary !== null && places.includes(primary),
      'primary',
      'a data migration is in progress, which the primary node has to finish',
    ),
  ]
}

export interface DatabaseSituation {
  /** Who has the maintenance slot. */
  readonly holder: 'nobody' | 'own' | 'other'
  readonly migrating: boolean
  /** Of the shards in it, how many would or might lose their quorum; null where nobody was asked. */
  readonly shardsLost: number | null
}

export function whyDatabaseMustStay({ holder, migrating, shardsLost }: DatabaseSituation): readonly Objection[] {
  return [
    ...when(holder === 'other', 'slot-taken', 'another operator has the maintenance slot'),
    ...when(migrating, 'migration', 'a data migration is in progress'),
    ...when(
      (shardsLost ?? 0) > 0,
      'quorum',
      `${shardsLost} shards that it stores would not keep three live replicas, as far as can be seen`,
    ),
  ]
}

export interface OperatorSituation {
  /** Of the serving keyspace, or of the one that a migration leads to. */
  readonly inKeyspace: boolean
  /** It is in the serving keyspace while a migration runs: others pull from it. */
  readonly pulledFrom: boolean
  readonly pulls: boolean
  readonly holdsSlot: boolean
}

/** Of an operator that leaves for good. */
export function whyOperatorMustStay({
  inKeyspace,
  pulledFrom,
  pulls,
  holdsSlot,
}: OperatorSituation): readonly Objection[] {
  return [
    ...when(inKeyspace, 'in-keyspace', 'it is in the keyspace: it stores keys until a migration without it has ended'),
    ...when(pulledFrom, 'migration', 'a data migration is in progress, in which others pull from it'),
    ...when(pulls, 'pulls', 'it still pulls data itself'),
    ...when(
      holdsSlot,
      'holds-slot',
      'it has the maintenance slot, which nobody but the owner could free once it is gone',
    ),
  ]
}

function when(holds: boolean, id: ObjectionId, why: string): readonly Objection[] {
  return holds ? [{ id, why }] : []
}
