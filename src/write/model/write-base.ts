/**
 * Notes what a write depends on, and tells whether that still is so: bytes that were signed for another state must not be sent
 * (docs/dev/never.md 1).
 */

import type { Address } from '../../base/address.js'
import { bytesToHex } from '../../base/hex.js'
import type { ClusterSnapshot } from '../../chain/chain.js'
import { findOperator } from '../../cluster/cluster-view.js'
import { decodeOperatorData, type OperatorData } from '../../cluster/codec/operator-data.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { WriteBase } from '../../platform/state/journal-entry.js'

/** `operator`: the one whose data is written; null where none is. */
export function writeBase({ block, view }: ClusterSnapshot, operator: Address | null): WriteBase {
  const slot = operator && findOperator(view, operator)
  return {
    block,
    operator: operator && { id: operator, data: slot ? bytesToHex(slot.data) : null },
    migration: { id: view.migration?.id ?? 0n, pulling: view.pullingOperators !== null },
    maintenance: view.maintenance,
  }
}

/** An operator's data; null where it does not decode. */
export function dataOrNull(data: Uint8Array): OperatorData | null {
  try {
    return decodeOperatorData(data)
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}

/** What changed since, a sentence each; none: it still holds. The block itself may be any. */
export function changedSince(base: WriteBase, now: ClusterSnapshot): readonly string[] {
  const current = writeBase(now, base.operator?.id ?? null)
  const changes: string[] = []
  if (base.operator && base.operator.data !== current.operator?.data)
    changes.push(`the data of operator ${base.operator.id} changed`)
  if (base.migration.id !== current.migration.id || base.migration.pulling !== current.migration.pulling)
    changes.push(current.migration.pulling ? 'a data migration started' : 'a data migration ended')
  if (base.maintenance !== current.maintenance)
    changes.push(
      current.maintenance ? `${current.maintenance} took the maintenance slot` : 'the maintenance slot was freed',
    )
  return changes
}
