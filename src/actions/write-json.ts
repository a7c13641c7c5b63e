/** What every write gives back to scripts (design/cli.md, "JSON shapes"). */
import type { OperatorSlot } from '../core/cluster/cluster-view.js'
import type { Change } from '../core/cluster/operator-changes.js'
import { type OperatorJson, operatorJson } from '../core/cluster/to-json.js'
import { jsonInteger } from '../core/json-integer.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import type { ClusterSnapshot } from '../core/ports.js'
import type { TransactionJson } from './send-write.js'

/** The JSON of any write. `changed` tells whether the chain is different now; a dry run says `dry_run`. */
export interface WriteJson {
  readonly changed: boolean
  readonly dry_run: boolean
  readonly changes: readonly Change[]
  readonly transaction: TransactionJson | null
  readonly version: number | string
  readonly operator: OperatorJson | null
}

interface WriteFacts {
  readonly changed: boolean
  readonly dryRun: boolean
  readonly changes: readonly Change[]
  readonly transaction: TransactionJson | null
  readonly snapshot: ClusterSnapshot
  readonly slot: OperatorSlot | null
  readonly key: EncryptionKey | null
}

export function writeJson({ changed, dryRun, changes, transaction, snapshot, slot, key }: WriteFacts): WriteJson {
  const { view } = snapshot
  return {
    changed,
    dry_run: dryRun,
    changes,
    transaction,
    version: jsonInteger(view.version),
    operator: slot && operatorJson(slot, view.keyspace.includes(slot.slot), key),
  }
}
