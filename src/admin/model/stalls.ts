/** Says what would keep a data migration from ending: one operator that can't finish stalls the whole cluster. */
import { describePeerId } from '../../base/keys/peer-id.js'
import type { OperatorSlot } from '../../cluster/cluster-view.js'
import type { KeyspaceMove, MemberMove } from './migration-plan.js'

export interface MemberFacts {
  readonly member: OperatorSlot
  /** Of its account; null where it does not have to send anything. */
  readonly balanceWei: bigint | null
  /** How many of its nodes are up; null: not asked. */
  readonly answering: number | null
}

/** A sentence each, which may quote names. In the order of the slots. */
export function stallsOf(move: KeyspaceMove, facts: ReadonlyMap<number, MemberFacts>): readonly string[] {
  return move.members.flatMap((one) => {
    const known = facts.get(one.slot)
    return known === undefined ? [] : stallsAt(one, known)
  })
}

function stallsAt({ slot, role, to_give }: MemberMove, { member, balanceWei, answering }: MemberFacts): string[] {
  const who = `slot ${slot}${member.decoded ? ` (${JSON.stringify(member.decoded.name)})` : ''}`
  const gives = to_give > 0 ? `, and ${to_give} shards would come from it alone` : ''
  const finishes = role !== 'leaves'
  if (member.decoded === null)
    return [`${who} has data that does not decode: nobody can reach its nodes${finishes ? '' : gives}`]
  const { nodes } = member.decoded
  const real = nodes.filter(({ peerId }) => describePeerId(peerId) !== 'no-key')
  return [
    ...(finishes && balanceWei === 0n
      ? [`${who} holds no ETH: its primary node could not say that it has finished`]
      : []),
    ...(real.length === 0 ? [`${who} has only placeholder nodes${gives}`] : []),
    ...(real.length > 0 && answering === 0 ? [`none of the ${nodes.length} nodes of ${who} is up${gives}`] : []),
  ]
}
