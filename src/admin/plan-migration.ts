/** Plans a data migration for the owner: the keyspace it leads to, what that moves, and what would keep it from ending. */

import { createLimiter } from '../base/limiter.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ExaminerInput } from '../health/examiner.js'
import { requireNoProbeFlags } from '../health/require-answering.js'
import { requireNoMigration } from '../read/require-cluster.js'
import { type KeyspaceMove, moveOf, nextKeyspace } from './model/migration-plan.js'
import { type MemberFacts, stallsOf } from './model/stalls.js'
import { requireMember } from './named-member.js'

/** Each is a request or two to a provider. */
const MEMBERS_AT_A_TIME = 16

export interface MigrationInput extends ExaminerInput {
  /** Addresses or operator slots. */
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
  readonly probe?: boolean
}

/** Throws MIGRATION_IN_PROGRESS, MAINTENANCE_TAKEN, OPERATOR_NOT_FOUND, TOO_FEW_OPERATORS, USAGE. */
export function planKeyspace(view: ClusterView, { add = [], remove = [] }: MigrationInput): KeyspaceMove {
  requireNoMigration(view)
  if (view.maintenance !== null)
    throw new WcnError('MAINTENANCE_TAKEN', `no migration can start while ${view.maintenance} is in maintenance`, {
      hint: 'wait until it has finished, which `wcn maintenance status` tells',
      details: { holder: view.maintenance },
    })
  const members = (texts: readonly string[], flag: string) => texts.map((text) => requireMember(view, text, flag))
  return moveOf(view, nextKeyspace(view, members(add, '--add'), members(remove, '--remove')))
}

/**
 * What would keep it from ending, a sentence each (docs/dev/network/contract.md, "The network around it"). Nodes are asked
 * with `--probe` only. Throws what opening the examiner throws.
 */
export async function findStalls(
  services: Services,
  input: MigrationInput,
  snapshot: ClusterSnapshot,
  move: KeyspaceMove,
) {
  const chain = await services.chain()
  const health = await openHealth(services, input)
  const limiter = createLimiter(MEMBERS_AT_A_TIME)
  const factsOf = async ({ slot, id, role }: KeyspaceMove['members'][number]): Promise<MemberFacts> => {
    const member = requireMember(snapshot.view, String(slot), 'the keyspace')
    const balanceWei = role === 'leaves' ? null : (await chain.readAccount(id)).account.balanceWei
    return { member, balanceWei, answering: health && (await health(snapshot, member)) }
  }
  const facts = await Promise.all(
    move.members.map(async (member) => [member.slot, await limiter.run(() => factsOf(member))] as const),
  )
  return stallsOf(move, new Map(facts))
}

/** How many nodes of an operator are up; null without `--probe`. */
async function openHealth(services: Services, input: MigrationInput) {
  if (input.probe !== true) {
    requireNoProbeFlags(input, '--probe')
    return null
  }
  const [{ openExaminer }, { isUp }, { expectedNodes }] = await Promise.all([
    import('../health/examiner.js'),
    import('../health/model/node-health.js'),
    import('../health/model/expected-node.js'),
  ])
  const key = await services.settings.requireEncryptionKey()
  const examiner = await openExaminer(services, input)
  return async (snapshot: ClusterSnapshot, { id, decoded }: MemberFacts['member']) => {
    const nodes = expectedNodes(decoded?.nodes ?? [], key)
    const found = await examiner.examine(nodes, { snapshot, operator: id }, { shown: true })
    return found.filter(isUp).length
  }
}
