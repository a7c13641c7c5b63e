/** Where an applicant stands with a cluster: not there, there exactly as requested, or there otherwise. */
import type { Address } from '../../base/address.js'
import { equalBytes } from '../../base/equal-bytes.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../../cluster/cluster-view.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { type Change, operatorChanges } from '../../cluster/operator-changes.js'

export type Standing =
  | { readonly kind: 'absent' }
  | { readonly kind: 'as-requested'; readonly slot: OperatorSlot }
  | {
      readonly kind: 'different'
      readonly slot: OperatorSlot
      /** From what was requested to what is on chain; empty where that does not decode or differs in encoding only. */
      readonly changes: readonly Change[]
      /** In words. */
      readonly reason: string
    }

export interface Requested {
  readonly operator: Address
  readonly blob: Uint8Array
  readonly data: OperatorData
}

export function standingOf(view: ClusterView, requested: Requested, key: EncryptionKey | null): Standing {
  const slot = findOperator(view, requested.operator)
  if (!slot) return { kind: 'absent' }
  if (equalBytes(slot.data, requested.blob)) return { kind: 'as-requested', slot }
  if (!slot.decoded)
    return { kind: 'different', slot, changes: [], reason: `its data on chain does not decode: ${slot.reason}` }
  const changes = operatorChanges(requested.data, slot.decoded, key)
  const reason = changes.length > 0 ? counted(changes.length) : 'the same data in another order or encoding'
  return { kind: 'different', slot, changes, reason }
}

function counted(differences: number): string {
  return differences === 1 ? 'one difference' : `${differences} differences`
}
