/**
 * A journal as a file (docs/dev/never.md 1): a document of its own, strict in both directions, since bytes read from
 * it are sent to a chain.
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes } from '../../base/hex.js'
import {
  addressValue,
  bigValue,
  blockValue,
  countValue,
  hashValue,
  hexValue,
  positiveValue,
  timeValue,
} from '../../documents/chain-values.js'
import { kindOf, listOf, Misshapen, mapped, orNull, recordOf, text, wordOf } from '../../documents/shape.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../../documents/state-document.js'
import {
  baseValue,
  blockName,
  type EntryState,
  type JournalEntry,
  type JournalKey,
  WRITE_KINDS,
  writtenBase,
} from './journal-entry.js'

export interface JournalContent {
  readonly key: JournalKey
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
}

const settled = {
  block: blockValue,
  gasUsed: orNull(bigValue),
  feeWei: orNull(bigValue),
  l1FeeWei: orNull(bigValue),
}
const STATE = kindOf({
  open: {},
  included: settled,
  reverted: settled,
  replaced: { by: orNull(hashValue) },
  rejected: { reason: text },
})
const ENTRY = recordOf({
  hash: hashValue,
  raw: hexValue,
  nonce: countValue,
  to: orNull(addressValue),
  data: hexValue,
  gas: bigValue,
  maxFeePerGas: bigValue,
  maxPriorityFeePerGas: bigValue,
  kind: wordOf(WRITE_KINDS),
  title: text,
  base: orNull(baseValue),
  signedAt: timeValue,
  supersedes: orNull(hashValue),
  state: STATE,
})
const FILE = recordOf({
  chainId: positiveValue,
  genesisHash: hashValue,
  contract: orNull(addressValue),
  signer: addressValue,
  entries: listOf(ENTRY),
})

const JOURNAL = mapped(FILE, ({ entries, ...key }, path): JournalContent => {
  if (new Set(entries.map(({ hash }) => hash)).size < entries.length)
    throw new Misshapen([...path, 'entries'], 'holds a transaction twice')
  const read = entries.map(
    ({ hash, raw, nonce, to, data, kind, title, maxFeePerGas, maxPriorityFeePerGas, ...rest }, i) => {
      // Only open transactions are ever sent again, and hashing a hundred old ones takes longer than all the rest.
      if (rest.state.kind === 'open' && bytesToHex(keccak_256(hexToBytes(raw))) !== hash)
        throw new Misshapen([...path, 'entries', i, 'raw'], 'is not the transaction of that hash')
      return {
        ...rest,
        transaction: { hash, raw, nonce, from: key.signer },
        request: { to, data },
        fees: { maxFeePerGas, maxPriorityFeePerGas },
        what: { kind, title },
      }
    },
  )
  return { key, entries: read }
})

export const JOURNAL_DOCUMENT: StateDocument<JournalContent> = {
  type: 'wcn-journal',
  version: 1,
  what: 'journal of transactions',
  moveAway: 'once you know what became of its transactions',
  shape: JOURNAL,
}

/** `path` is the file's, for the sentence. Throws JOURNAL_INVALID, whatever the text is. */
export function parseJournal(content: string, path: string): JournalContent {
  return parseStateDocument(content, path, JOURNAL_DOCUMENT)
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
      base: base && writtenBase(base),
      signed_at: signedAt,
      supersedes,
      state: writtenState(state),
    })),
  })
}

function writtenState(state: EntryState): object {
  if (state.kind === 'open') return { kind: state.kind }
  if (state.kind === 'replaced') return { kind: state.kind, by: state.by }
  if (state.kind === 'rejected') return { kind: state.kind, reason: state.reason }
  return {
    kind: state.kind,
    block: blockName(state.block),
    gas_used: state.gasUsed?.toString() ?? null,
    fee_wei: state.feeWei?.toString() ?? null,
    l1_fee_wei: state.l1FeeWei?.toString() ?? null,
  }
}
