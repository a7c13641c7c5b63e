/** What every write gives back to scripts (docs/dev/command-line.md, "JSON shapes"). */

import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { jsonInteger } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { operatorJson } from '../cluster/to-json.js'
import { writeTarget } from './ask.js'
import type { Sent } from './read-back.js'
import type { Written } from './run-write.js'

export type TransactionJson = ReturnType<typeof transactionJson>
/** `unsigned`: where it was written down with --unsigned. */
export type WriteJson = ReturnType<typeof writeJson>

/**
 * `changed` tells whether the chain is different now; a dry run says `dry_run`. `cluster`: where it goes, and what named
 * it. `overwritten`: what others wrote after this write had read, and this write replaced. `about.operator`: the one to
 * tell of; the contract is that of the settings, unless `about.source` names it.
 */
export function writeJson(
  services: Pick<Services, 'settings'>,
  { dryRun, changes, sent, now, overwritten, unsigned }: Written,
  about: { readonly operator: Address | null; readonly key: EncryptionKey | null; readonly source?: string },
) {
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

/**
 * `fee_wei` includes `l1_fee_wei`; both as strings, since wei outgrow a double. Null: the providers don't tell what it
 * cost.
 */
export function transactionJson({ entry, receipt }: Pick<Sent, 'entry' | 'receipt'>) {
  return {
    hash: receipt.hash,
    nonce: entry.transaction.nonce,
    block: receipt.block,
    gas_used: receipt.gasUsed === null ? null : jsonInteger(receipt.gasUsed),
    fee_wei: receipt.feeWei?.toString() ?? null,
    l1_fee_wei: receipt.l1FeeWei?.toString() ?? null,
  }
}
