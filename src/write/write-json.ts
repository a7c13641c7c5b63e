/** What every write gives back to scripts (docs/dev/command-line.md, "JSON shapes"). */

import type { Address } from '../base/address.js'
import { jsonInteger } from '../base/json-integer.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { WriteTarget } from '../base/write-target.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import type { Change } from '../cluster/operator-changes.js'
import { type OperatorJson, operatorJson } from '../cluster/to-json.js'
import { writeTarget } from './ask.js'
import type { OverwrittenJson } from './overwritten.js'
import type { Sent } from './read-back.js'
import type { Written } from './run-write.js'
import type { UnsignedFiles } from './write-unsigned.js'

/**
 * `fee_wei` includes `l1_fee_wei`; both as strings, since wei outgrow a double. Null: the providers don't tell what it
 * cost.
 */
export interface TransactionJson {
  readonly hash: string
  readonly nonce: number
  readonly block: BlockRef
  readonly gas_used: number | string | null
  readonly fee_wei: string | null
  readonly l1_fee_wei: string | null
}

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

/** `operator`: the one to tell of. The contract is that of the settings, unless `source` names it. */
export function writeJson(
  services: Pick<Services, 'settings'>,
  { dryRun, changes, sent, now, overwritten, unsigned }: Written,
  about: { readonly operator: Address | null; readonly key: EncryptionKey | null; readonly source?: string },
): WriteJson {
  const { view, chainId, contract } = now
  const slot = about.operator && findOperator(view, about.operator)
  return {
    changed: sent !== null,
    dry_run: dryRun,
    changes,
    transaction: sent && transactionJson(sent),
    cluster: writeTarget(services, chainId, contract, about.source),
    version: jsonInteger(view.version),
    operator: slot && operatorJson(slot, view.keyspace.includes(slot.slot), about.key),
    overwritten,
    ...(unsigned && { unsigned }),
  }
}

export function transactionJson({ entry, receipt }: Pick<Sent, 'entry' | 'receipt'>): TransactionJson {
  return {
    hash: receipt.hash,
    nonce: entry.transaction.nonce,
    block: receipt.block,
    gas_used: receipt.gasUsed === null ? null : jsonInteger(receipt.gasUsed),
    fee_wei: receipt.feeWei?.toString() ?? null,
    l1_fee_wei: receipt.l1FeeWei?.toString() ?? null,
  }
}
