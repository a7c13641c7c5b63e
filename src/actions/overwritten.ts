/**
 * The contract replaces an operator's data as a whole. Signing with the nonce of the block that was read keeps the
 * account's own writes apart, but not the owner's: what such a write brought is gone, and must be said
 * (design/reliability.md 2).
 */
import { findOperator, type OperatorSlot } from '../core/cluster/cluster-view.js'
import { operatorChanges } from '../core/cluster/operator-changes.js'
import { equalBytes } from '../core/equal-bytes.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import type { ClusterSnapshot, Services } from '../core/ports.js'

interface Overwriting {
  /** What the write was planned on, and what the block holds that includes it. */
  readonly planned: ClusterSnapshot
  readonly included: ClusterSnapshot
  /** The operator as planned on. */
  readonly slot: OperatorSlot
  readonly key: EncryptionKey | null
}

/** Asks nothing where the cluster's version tells that nothing else was written meanwhile. Never throws. */
export async function warnOfOverwritten(
  services: Services,
  { planned, included, slot, key }: Overwriting,
): Promise<void> {
  if (included.view.version === planned.view.version + 1n) return
  const block = included.block.number - 1
  const before = await (await services.chain()).readCluster({ block }).catch(() => null)
  if (!before)
    return services.talk.warn('the cluster changed meanwhile; whether this operator did could not be found out')
  const theirs = findOperator(before.view, slot.id)
  if (!theirs || equalBytes(theirs.data, slot.data)) return
  const what = theirs.decoded
    ? operatorChanges(slot.decoded, theirs.decoded, key).map((change) => `${change.op} ${change.path} ${after(change)}`)
    : ['data that does not decode']
  services.talk.warn(
    `the cluster's owner changed this operator's data after block ${planned.block.number}, and this write replaced that: ${what.join(', ')}`,
  )
}

function after(change: { readonly after: unknown }): string {
  return JSON.stringify(change.after)
}
