/** What every write gives back to scripts (design/cli.md, "JSON shapes"). */
import type { OperatorSlot } from '../core/cluster/cluster-view.js'
import type { Change } from '../core/cluster/operator-changes.js'
import { type OperatorJson, operatorJson } from '../core/cluster/to-json.js'
import { jsonInteger } from '../core/json-integer.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import type { ClusterSnapshot } from '../core/ports/chain.js'
import type { OverwrittenJson } from './overwritten.js'
import type { TransactionJson } from './send-write.js'
import type { UnsignedFiles } from './write-unsigned.js'

/**
 * The JSON of any write. `changed` tells whether the chain is different now; a dry run says `dry_run`. `overwritten`:
 * what others wrote after this write had read, and this write replaced.
 */
export interface WriteJson {
  readonly changed: boolean
  readonly dry_run: boolean
  readonly changes: readonly Change[]
  readonly transaction: TransactionJson | null
  readonly version: number | string
  readonly operator: OperatorJson | null
  readonly overwritten: readonly OverwrittenJson[]
  /** Where it was written down with --unsigned. */
  readonly unsigned?: UnsignedFiles
}

interface WriteFacts {
  readonly changed: boolean
  readonly dryRun: boolean
  readonly changes: readonly Change[]
  readonly transaction: TransactionJson | null
  readonly snapshot: ClusterSnapshot
  readonly slot: OperatorSlot | null
  readonly key: EncryptionKey | null
  readonly overwritten?: readonly OverwrittenJson[]
}

export function writeJson({
  changed,
  dryRun,
  changes,
  transaction,
  snapshot,
  slot,
  key,
  overwritten = [],
}: WriteFacts): WriteJson {
  const { view } = snapshot
  return {
    changed,
    dry_run: dryRun,
    changes,
    transaction,
    version: jsonInteger(view.version),
    operator: slot && operatorJson(slot, view.keyspace.includes(slot.slot), key),
    overwritten,
  }
}
