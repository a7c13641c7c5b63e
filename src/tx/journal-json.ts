/**
 * Transactions of the journal as scripts get them (docs/dev/command-line.md, "JSON shapes"). The signed bytes are never among
 * it: whoever has them can send them.
 */
import { jsonInteger } from '../base/snake-json.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import type { CarriedOut } from '../write/carry-out.js'

export type EntryJson = ReturnType<typeof entryJson>
export type FullEntryJson = ReturnType<typeof fullEntryJson>
export type EndJson = ReturnType<typeof endJson>

/** `state` is `open`, `included`, `reverted`, `replaced` or `rejected`; `signed_at` are Unix seconds. */
export function entryJson(key: JournalKey, { transaction, what, signedAt, supersedes, state }: JournalEntry) {
  return {
    hash: transaction.hash,
    nonce: transaction.nonce,
    chain_id: key.chainId,
    contract: key.contract,
    signer: key.signer,
    what,
    signed_at: signedAt,
    state: state.kind as string,
    block: 'block' in state ? state.block : null,
    fee_wei: 'feeWei' in state ? (state.feeWei?.toString() ?? null) : null,
    replaced_by: state.kind === 'replaced' ? state.by : null,
    supersedes,
  }
}

/** `journal` is its file's path, `reason` why every provider refused it. */
export function fullEntryJson(journal: string, key: JournalKey, entry: JournalEntry) {
  const { request, gas, fees, base, state } = entry
  return {
    ...entryJson(key, entry),
    genesis_hash: key.genesisHash,
    journal,
    to: request.to,
    data: request.data,
    gas: jsonInteger(gas),
    max_fee_per_gas_wei: fees.maxFeePerGas.toString(),
    max_priority_fee_per_gas_wei: fees.maxPriorityFeePerGas.toString(),
    gas_used: 'gasUsed' in state && state.gasUsed !== null ? jsonInteger(state.gasUsed) : null,
    l1_fee_wei: 'l1FeeWei' in state ? (state.l1FeeWei?.toString() ?? null) : null,
    reason: state.kind === 'rejected' ? state.reason : null,
    base: base && { ...base, migration: { ...base.migration, id: jsonInteger(base.migration.id) } },
  }
}

/** What was found out about a transaction, final or not. */
export function endJson(end: CarriedOut) {
  const receipt = 'receipt' in end ? end.receipt : undefined
  return {
    state: end.kind === 'unknown' || end.kind === 'unheard' || end.kind === 'dropped' ? 'open' : end.kind,
    block: receipt?.block ?? null,
    fee_wei: receipt?.feeWei?.toString() ?? null,
    replaced_by: end.kind === 'replaced' ? end.by : null,
  }
}
