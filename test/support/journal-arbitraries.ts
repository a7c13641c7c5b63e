/** Random journals for property tests. */
import fc from 'fast-check'
import { type Address, addressFromBytes } from '../../src/base/address.js'
import { bytesToHex } from '../../src/base/hex.js'
import {
  type EntryState,
  type JournalEntry,
  type JournalKey,
  WRITE_KINDS,
  type WriteBase,
} from '../../src/platform/state/journal-entry.js'
import { bytes } from './arbitraries.js'
import { journalEntry } from './journal-entries.js'

const anyAddress = bytes(20).map(addressFromBytes)
const anyHash = bytes(32).map(bytesToHex)
const anyHex = fc.uint8Array({ maxLength: 200 }).map(bytesToHex)
const anyWei = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const anyText = fc.string({ unit: 'binary', maxLength: 50 })
const anyBlock = fc.record({ number: fc.maxSafeNat(), hash: anyHash })
const anyCost = fc.option(anyWei)
const included = { block: anyBlock, gasUsed: anyCost, feeWei: anyCost, l1FeeWei: anyCost }

const anyState: fc.Arbitrary<EntryState> = fc.oneof(
  fc.constant({ kind: 'open' } as const),
  fc.record({ kind: fc.constantFrom('included', 'reverted'), ...included }),
  fc.record({ kind: fc.constant('replaced'), by: fc.option(anyHash) }),
  fc.record({ kind: fc.constant('rejected'), reason: anyText }),
)

const anyBase: fc.Arbitrary<WriteBase> = fc.record({
  block: anyBlock,
  operator: fc.option(fc.record({ id: anyAddress, data: fc.option(anyHex) })),
  migration: fc.record({ id: anyWei, pulling: fc.boolean() }),
  maintenance: fc.option(anyAddress),
})

export const anyJournalKey: fc.Arbitrary<JournalKey> = fc.record({
  chainId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  genesisHash: anyHash,
  contract: fc.option(anyAddress),
  signer: anyAddress,
})

/** Of one signer, no two the same. */
export function anyEntries(signer: Address): fc.Arbitrary<readonly JournalEntry[]> {
  const anyEntry = fc
    .record({
      raw: anyHex,
      nonce: fc.maxSafeNat(),
      request: fc.record({ to: fc.option(anyAddress), data: anyHex }),
      gas: anyWei,
      fees: fc.record({ maxFeePerGas: anyWei, maxPriorityFeePerGas: anyWei }),
      what: fc.record({ kind: fc.constantFrom(...WRITE_KINDS), title: anyText }),
      base: fc.option(anyBase),
      signedAt: fc.integer({ min: 0, max: 8_640_000_000_000 }),
      supersedes: fc.option(anyHash),
      state: anyState,
    })
    .map(({ raw, nonce, ...fields }) => {
      const entry = journalEntry(raw, fields)
      return { ...entry, transaction: { ...entry.transaction, nonce, from: signer } }
    })
  return fc.uniqueArray(anyEntry, { maxLength: 6, selector: ({ transaction }) => transaction.hash })
}
