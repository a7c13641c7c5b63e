import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, addressFromBytes } from '../../src/base/address.js'
import { bytesToHex } from '../../src/base/hex.js'
import { WRITE_KINDS } from '../../src/platform/state/journal-entry.js'
import {
  parseSignedFile,
  parseUnsignedFile,
  renderSignedFile,
  renderUnsignedFile,
  type SignedDocument,
  type UnsignedDocument,
} from '../../src/write/unsigned-file.js'
import { bytes } from '../support/arbitraries.js'
import { sentenceOf } from '../support/thrown.js'

const anyAddress: fc.Arbitrary<Address> = bytes(20).map(addressFromBytes)
const anyHash = bytes(32).map(bytesToHex)
const anyHex = fc.uint8Array({ maxLength: 80 }).map(bytesToHex)
const anyBig = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const anyBlock = fc.record({ number: fc.nat(), hash: anyHash })

const anyUnsigned: fc.Arbitrary<UnsignedDocument> = fc.record({
  chainId: fc.integer({ min: 1 }),
  genesisHash: anyHash,
  contract: anyAddress,
  from: anyAddress,
  nonce: fc.nat(),
  gas: anyBig,
  fees: fc.record({ maxFeePerGas: anyBig, maxPriorityFeePerGas: anyBig }),
  to: anyAddress,
  data: anyHex,
  what: fc.record({ kind: fc.constantFrom(...WRITE_KINDS), title: fc.string({ unit: 'grapheme' }) }),
  base: fc.record({
    block: anyBlock,
    operator: fc.option(fc.record({ id: anyAddress, data: fc.option(anyHex) })),
    migration: fc.record({ id: anyBig, pulling: fc.boolean() }),
    maintenance: fc.option(anyAddress),
  }),
  createdAt: fc.nat(),
})
const anySigned: fc.Arbitrary<SignedDocument> = fc
  .tuple(anyUnsigned, anyHex, anyHash)
  .map(([document, raw, hash]) => ({ ...document, raw, hash }))

const [unsigned] = fc.sample(anyUnsigned, { numRuns: 1, seed: 1 })
const [signed] = fc.sample(anySigned, { numRuns: 1, seed: 1 })
if (!unsigned || !signed) throw new Error('no sample')

describe('a transaction as a file', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyUnsigned, (document) => {
        expect(parseUnsignedFile(renderUnsignedFile(document), 'tx.json')).toEqual(document)
      }),
    )
    fc.assert(
      fc.property(anySigned, (document) => {
        expect(parseSignedFile(renderSignedFile(document), 'tx.json')).toEqual(document)
      }),
    )
  })

  it('is not taken for the other kind', () => {
    expect(sentenceOf(() => parseUnsignedFile(renderSignedFile(signed), 's.json'))).toMatch(
      /^DOCUMENT_INVALID: s\.json is signed already/,
    )
    expect(sentenceOf(() => parseSignedFile(renderUnsignedFile(unsigned), 'u.json'))).toMatch(
      /^DOCUMENT_INVALID: u\.json is not signed yet/,
    )
  })

  const fields = JSON.parse(renderSignedFile(signed)) as Record<string, unknown>

  it.each(Object.keys(fields))('is refused without %s', (name) => {
    const { [name]: _, ...rest } = fields
    expect(sentenceOf(() => parseSignedFile(JSON.stringify(rest), 's.json'))).toContain(`${name}: is missing`)
  })

  it.each<readonly [string, Record<string, unknown>]>([
    ['a field of a newer version', { blob_fee: '1' }],
    ['another version', { version: 2 }],
    ['a number beyond what JSON holds', { gas: 100000 }],
    ['a fraction', { max_fee_per_gas: '1.5' }],
    ['hex digits in capitals', { raw: '0xAB' }],
    ['half a byte', { data: '0xabc' }],
    ['a value', { value: '1' }],
    ['a negative nonce', { nonce: -1 }],
    ['a kind that is none', { what: { kind: 'theft', title: '' } }],
    ['a hash that is too short', { hash: '0xab' }],
    ['an address that is none', { from: 'vitalik.eth' }],
  ])('is refused with %s', (_, change) => {
    expect(sentenceOf(() => parseSignedFile(JSON.stringify({ ...fields, ...change }), 's.json'))).toMatch(
      /^DOCUMENT_INVALID: s\.json:1/,
    )
  })

  it('is refused, whatever else it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(sentenceOf(() => parseUnsignedFile(text, 'u.json'))).toMatch(/^DOCUMENT_INVALID: /)
      }),
    )
  })
})
