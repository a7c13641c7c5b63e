/** What every write gives back to scripts (docs/dev/command-line.md, "JSON shapes"). */

import { jsonInteger } from '../base/json-integer.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { WriteTarget } from '../base/write-target.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { OperatorSlot } from '../cluster/cluster-view.js'
import type { Change } from '../cluster/operator-changes.js'
import { type OperatorJson, operatorJson } from '../cluster/to-json.js'
import type { OverwrittenJson } from './overwritten.js'
import type { TransactionJson } from './send-write.js'
import { writeTarget } from './write-target.js'
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
  /** Where it goes, and what named it. */
  readonly cluster: WriteTarget
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
  /** The contract of the snapshot is that of the settings, unless a file names it. */
  readonly source?: string
  readonly overwritten?: readonly OverwrittenJson[]
}

export function writeJson(
  services: Pick<Services, 'settings'>,
  { changed, dryRun, changes, transaction, snapshot, slot, key, source, overwritten = [] }: WriteFacts,
): WriteJson {
  const { view, chainId, contract } = snapshot
  return {
    changed,
    dry_run: dryRun,
    changes,
    transaction,
    cluster: writeTarget(services, chainId, contract, source),
    version: jsonInteger(view.version),
    operator: slot && operatorJson(slot, view.keyspace.includes(slot.slot), key),
    overwritten,
  }
}
