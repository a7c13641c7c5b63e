/** Journal entries for tests: made up, but sound, each hash being that of its bytes. */
import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Address } from '../../src/base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../../src/base/hex.js'
import type { EntryState, JournalEntry, JournalKey } from '../../src/platform/state/journal-entry.js'

const address = (digits: string) => `0x${digits.repeat(20)}` as Address
const hash = (digits: string): Hex => `0x${digits.repeat(32)}`

export const JOURNAL_KEY: JournalKey = {
  chainId: 31337,
  genesisHash: hash('6e'),
  contract: address('c0'),
  signer: address('51'),
}

export const INCLUDED = {
  kind: 'included',
  block: { number: 8, hash: hash('08') },
  gasUsed: 50_000n,
  feeWei: 75n,
  l1FeeWei: 25n,
} as const satisfies EntryState

/** `raw` tells one from another: any hex bytes. */
export function journalEntry(raw: Hex, fields: Partial<JournalEntry> = {}): JournalEntry {
  return {
    transaction: { hash: bytesToHex(keccak_256(hexToBytes(raw))), raw, nonce: 7, from: JOURNAL_KEY.signer },
    request: { to: JOURNAL_KEY.contract, data: '0xabcd' },
    gas: 60_000n,
    fees: { maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 1_000_000n },
    what: { kind: 'operator-data', title: 'add a node' },
    base: {
      block: { number: 7, hash: hash('07') },
      operator: { id: JOURNAL_KEY.signer, data: '0x01ff' },
      migration: { id: 3n, pulling: false },
      maintenance: null,
    },
    signedAt: 1_790_000_000,
    supersedes: null,
    state: { kind: 'open' },
    ...fields,
  }
}
