/**
 * A journal as a file (docs/dev/never.md 1): a document of its own, strict in both directions, since bytes read from
 * it are sent to a chain.
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { z } from 'zod'
import { bytesToHex, hexToBytes } from '../../base/hex.js'
import {
  addressValue,
  bigValue,
  blockValue,
  countValue,
  hashValue,
  hexValue,
  timeValue,
} from '../../documents/chain-values.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../../documents/state-document.js'
import { type EntryState, type JournalEntry, type JournalKey, WRITE_KINDS } from './journal-entry.js'

export interface JournalContent {
  readonly key: JournalKey
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
}

const settled = {
  block: blockValue,
  gas_used: bigValue.nullable(),
  fee_wei: bigValue.nullable(),
  l1_fee_wei: bigValue.nullable(),
}
const STATE = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('open') }),
  z.strictObject({ kind: z.literal('included'), ...settled }),
  z.strictObject({ kind: z.literal('reverted'), ...settled }),
  z.strictObject({ kind: z.literal('replaced'), by: hashValue.nullable() }),
  z.strictObject({ kind: z.literal('rejected'), reason: z.string() }),
])
const BASE = z.strictObject({
  block: blockValue,
  operator: z.strictObject({ id: addressValue, data: hexValue.nullable() }).nullable(),
  migration: z.strictObject({ id: bigValue, pulling: z.boolean() }),
  maintenance: addressValue.nullable(),
})
const ENTRY = z
  .strictObject({
    hash: hashValue,
    raw: hexValue,
    nonce: countValue,
    to: addressValue.nullable(),
    data: hexValue,
    gas: bigValue,
    max_fee_per_gas: bigValue,
    max_priority_fee_per_gas: bigValue,
    kind: z.enum(WRITE_KINDS),
    title: z.string(),
    base: BASE.nullable(),
    signed_at: timeValue,
    supersedes: hashValue.nullable(),
    state: STATE,
  })
  // Only open transactions are ever sent again, and hashing a hundred old ones takes longer than all the rest.
  .refine(({ state, hash, raw }) => state.kind !== 'open' || bytesToHex(keccak_256(hexToBytes(raw))) === hash, {
    path: ['raw'],
    error: 'is not the transaction of that hash',
  })

const JOURNAL = z
  .strictObject({
    chain_id: z.int().positive('must be positive'),
    genesis_hash: hashValue,
    contract: addressValue.nullable(),
    signer: addressValue,
    entries: z.array(ENTRY),
  })
  .refine(({ entries }) => new Set(entries.map(({ hash }) => hash)).size === entries.length, {
    path: ['entries'],
    error: 'holds a transaction twice',
  })
  .transform(
    ({ chain_id, genesis_hash, contract, signer, entries }): JournalContent => ({
      key: { chainId: chain_id, genesisHash: genesis_hash, contract, signer },
      entries: entries.map((entry) => ({
        transaction: { hash: entry.hash, raw: entry.raw, nonce: entry.nonce, from: signer },
        request: { to: entry.to, data: entry.data },
        gas: entry.gas,
        fees: { maxFeePerGas: entry.max_fee_per_gas, maxPriorityFeePerGas: entry.max_priority_fee_per_gas },
        what: { kind: entry.kind, title: entry.title },
        base: entry.base,
        signedAt: entry.signed_at,
        supersedes: entry.supersedes,
        state: readState(entry.state),
      })),
    }),
  )

export const JOURNAL_DOCUMENT: StateDocument<JournalContent> = {
  type: 'wcn-journal',
  version: 1,
  what: 'journal of transactions',
  moveAway: 'once you know what became of its transactions',
  schema: JOURNAL,
}

/** `path` is the file's, for the sentence. Throws JOURNAL_INVALID, whatever the text is. */
export function parseJournal(text: string, path: string): JournalContent {
  return parseStateDocument(text, path, JOURNAL_DOCUMENT)
}

export function formatJournal({ key, entries }: JournalContent): string {
  return formatStateDocument(JOURNAL_DOCUMENT, {
    chain_id: key.chainId,
    genesis_hash: key.genesisHash,
    contract: key.contract,
    signer: key.signer,
    entries: entries.map(({ transaction, request, gas, fees, what, base, signedAt, supersedes, state }) => ({
      hash: transaction.hash,
      raw: transaction.raw,
      nonce: transaction.nonce,
      to: request.to,
      data: request.data,
      gas: String(gas),
      max_fee_per_gas: String(fees.maxFeePerGas),
      max_priority_fee_per_gas: String(fees.maxPriorityFeePerGas),
      kind: what.kind,
      title: what.title,
      base: base && {
        block: plainBlock(base.block),
        operator: base.operator && { id: base.operator.id, data: base.operator.data },
        migration: { id: String(base.migration.id), pulling: base.migration.pulling },
        maintenance: base.maintenance,
      },
      signed_at: signedAt,
      supersedes,
      state: writtenState(state),
    })),
  })
}

function readState(state: z.infer<typeof STATE>): EntryState {
  if (state.kind !== 'included' && state.kind !== 'reverted') return state
  const { kind, block, gas_used, fee_wei, l1_fee_wei } = state
  return { kind, block, gasUsed: gas_used, feeWei: fee_wei, l1FeeWei: l1_fee_wei }
}

function writtenState(state: EntryState): object {
  if (state.kind === 'open') return { kind: state.kind }
  if (state.kind === 'replaced') return { kind: state.kind, by: state.by }
  if (state.kind === 'rejected') return { kind: state.kind, reason: state.reason }
  return {
    kind: state.kind,
    block: plainBlock(state.block),
    gas_used: state.gasUsed?.toString() ?? null,
    fee_wei: state.feeWei?.toString() ?? null,
    l1_fee_wei: state.l1FeeWei?.toString() ?? null,
  }
}

/** Callers pass blocks that carry more than that. */
function plainBlock({ number, hash }: { readonly number: number; readonly hash: string }) {
  return { number, hash }
}
