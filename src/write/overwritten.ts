/**
 * The contract replaces an operator's data as a whole. Signing with the nonce of the block that was read keeps the
 * account's own writes apart, but not the owner's: what such a write brought is gone, and must be said
 * (docs/dev/never.md 2).
 */

import type { Hex } from '../base/hex.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { OperatorSlot } from '../cluster/cluster-view.js'
import type { OperatorData } from '../cluster/codec/operator-data.js'
import { type Change, operatorChanges } from '../cluster/operator-changes.js'
import { dataOrNull } from './model/write-base.js'

/** A write that the own one replaced. `changes` null: data that does not decode. */
export interface OverwrittenJson {
  readonly transaction: string
  readonly block: number
  readonly changes: readonly Change[] | null
}

/** Also warns of each. Asks nothing where the cluster's version tells that nothing else was written. Never throws. */
export async function findOverwritten(
  services: Services,
  about: {
    /** What the write was planned on, and what the block holds that includes it. */
    readonly planned: ClusterSnapshot
    readonly included: ClusterSnapshot
    /** Of the write. */
    readonly hash: Hex
    /** The operator as planned on. */
    readonly slot: OperatorSlot
  },
): Promise<readonly OverwrittenJson[]> {
  const { planned, included, hash: except, slot } = about
  if (included.view.version === planned.view.version + 1n) return []
  const chain = await services.chain()
  const [after, until] = [planned.block.number, included.block.number]
  const writes = await chain
    .operatorWrites({ contract: planned.contract, operator: slot.id, after, until, except })
    .catch(() => null)
  if (writes === null) {
    services.talk.warn('the cluster changed meanwhile; whether this operator did could not be found out')
    return []
  }
  const key = await services.settings.encryptionKey().catch(() => null)
  let before = slot.decoded as OperatorData | null
  return writes
    .filter(({ beforeOwn }) => beforeOwn)
    .map(({ hash, block, data }) => {
      const theirs = data && dataOrNull(data)
      const changes = theirs && operatorChanges(before, theirs, key)
      before = theirs ?? before
      services.talk.warn(
        `transaction ${hash} changed this operator's data in block ${block}, after it was read, and this write replaced that: ${inWords(changes)}`,
      )
      return { transaction: hash, block, changes }
    })
}

function inWords(changes: readonly Change[] | null): string {
  if (changes === null) return 'data that does not decode'
  return changes.map(({ op, path, after }) => `${op} ${path} ${JSON.stringify(after)}`).join(', ') || 'nothing'
}
