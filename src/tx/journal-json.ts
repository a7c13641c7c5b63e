/**
 * Transactions of the journal as scripts get them (docs/dev/command-line.md, "JSON shapes"). The signed bytes are never among
 * it: whoever has them can send them.
 */

import { jsonInteger } from '../base/json-integer.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { JournalEntry, WriteBase, WriteKind } from '../platform/state/journal-entry.js'
import type { JournalFault, JournalKey } from '../platform/state/state.js'
import type { CarriedOut } from '../write/carry-out.js'

export interface EndJson {
  /** `open`, `included`, `reverted`, `replaced` or `rejected`. */
  readonly state: string
  readonly block: BlockRef | null
  readonly fee_wei: string | null
  readonly replaced_by: string | null
}

export interface EntryJson extends EndJson {
  readonly hash: string
  readonly nonce: number
  readonly chain_id: number
  readonly contract: string | null
  readonly signer: string
  readonly what: { readonly kind: WriteKind; readonly title: string }
  /** Unix seconds. */
  readonly signed_at: number
  readonly supersedes: string | null
}

export interface FaultJson {
  readonly path: string
  readonly reason: string
}

interface BaseJson {
  readonly block: BlockRef
  readonly operator: { readonly id: string; readonly data: string | null } | null
  readonly migration: { readonly id: number | string; readonly pulling: boolean }
  readonly maintenance: string | null
}

export interface FullEntryJson extends EntryJson {
  readonly genesis_hash: string
  readonly journal: string
  readonly to: string | null
  readonly data: string
  readonly gas: number | string
  readonly max_fee_per_gas_wei: string
  readonly max_priority_fee_per_gas_wei: string
  readonly gas_used: number | string | null
  readonly l1_fee_wei: string | null
  /** Why every provider refused it. */
  readonly reason: string | null
  readonly base: BaseJson | null
}

export function entryJson(
  key: JournalKey,
  { transaction, what, signedAt, supersedes, state }: JournalEntry,
): EntryJson {
  return {
    hash: transaction.hash,
    nonce: transaction.nonce,
    chain_id: key.chainId,
    contract: key.contract,
    signer: key.signer,
    what: { kind: what.kind, title: what.title },
    signed_at: signedAt,
    state: state.kind,
    block: 'block' in state ? state.block : null,
    fee_wei: 'feeWei' in state ? (state.feeWei?.toString() ?? null) : null,
    replaced_by: state.kind === 'replaced' ? state.by : null,
    supersedes,
  }
}

export function fullEntryJson(path: string, key: JournalKey, entry: JournalEntry): FullEntryJson {
  const { request, gas, fees, base, state } = entry
  return {
    ...entryJson(key, entry),
    genesis_hash: key.genesisHash,
    journal: path,
    to: request.to,
    data: request.data,
    gas: jsonInteger(gas),
    max_fee_per_gas_wei: fees.maxFeePerGas.toString(),
    max_priority_fee_per_gas_wei: fees.maxPriorityFeePerGas.toString(),
    gas_used: 'gasUsed' in state && state.gasUsed !== null ? jsonInteger(state.gasUsed) : null,
    l1_fee_wei: 'l1FeeWei' in state ? (state.l1FeeWei?.toString() ?? null) : null,
    reason: state.kind === 'rejected' ? state.reason : null,
    base: base && baseJson(base),
  }
}

/** What was found out about a transaction, final or not. */
export function endJson(end: CarriedOut): EndJson {
  const receipt = 'receipt' in end ? end.receipt : undefined
  return {
    state: end.kind === 'unknown' || end.kind === 'unheard' || end.kind === 'dropped' ? 'open' : end.kind,
    block: receipt?.block ?? null,
    fee_wei: receipt?.feeWei?.toString() ?? null,
    replaced_by: end.kind === 'replaced' ? end.by : null,
  }
}

export function faultJson({ path, reason }: JournalFault): FaultJson {
  return { path, reason }
}

function baseJson({ block, operator, migration, maintenance }: WriteBase): BaseJson {
  return {
    block: { number: block.number, hash: block.hash },
    operator: operator && { id: operator.id, data: operator.data },
    migration: { id: jsonInteger(migration.id), pulling: migration.pulling },
    maintenance,
  }
}
