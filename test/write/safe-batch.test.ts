/** Batches of Safe's Transaction Builder: one that the app made itself, and ours. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksumAddress, parseAddress } from '../../src/base/address.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { parseSafeBatch, renderSafeBatch } from '../../src/write/safe-batch.js'
import { sentenceOf } from '../support/thrown.js'

/** As the app (version 1.18.2) exported it: an approval of 100000 USDC units on Ethereum. */
const FROM_THE_APP = {
  version: '1.0',
  chainId: '1',
  createdAt: 1761326849944,
  meta: {
    name: 'Transactions Batch',
    description: '',
    txBuilderVersion: '1.18.2',
    createdFromSafeAddress: '0xA77DE01e157f9f57C7c4A326eeE9C4874D0598b6',
    createdFromOwnerAddress: '',
    checksum: '0x8b5032f716845c8b08bab3d63dbd9ba92e056f3557793cd041e59b84e16aa989',
  },
  transactions: [
    {
      to: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
      value: '0',
      data: null,
      contractMethod: {
        inputs: [
          { internalType: 'address', name: 'spender', type: 'address' },
          { internalType: 'uint256', name: 'value', type: 'uint256' },
        ],
        name: 'approve',
        payable: false,
      },
      contractInputsValues: { spender: '0x474e5Ded6b5D078163BFB8F6dBa355C3aA5478C8', value: '100000000000' },
    },
  ],
}
const SAFE = parseAddress('a77de01e157f9f57c7c4a326eee9c4874d0598b6', 'the test')
const CONTRACT = parseAddress('c1'.repeat(20), 'the test')

const ours = renderSafeBatch({
  chainId: 10,
  safe: SAFE,
  name: 'add operator "añejo"',
  description: 'by wcn',
  createdAt: 1_790_000_000,
  call: { to: CONTRACT, data: '0x0102' },
})

describe('a batch that the app made', () => {
  it('has the checksum that this tool computes', () => {
    expect(parseSafeBatch(JSON.stringify(FROM_THE_APP), 'batch.json')).toEqual({
      chainId: '1',
      safe: SAFE,
      calls: [{ to: FROM_THE_APP.transactions[0]?.to.toLowerCase(), value: 0n, data: null, method: 'approve' }],
      intact: true,
    })
  })

  it('keeps it under another name, and with its keys in another order', () => {
    const { meta, ...rest } = FROM_THE_APP
    const renamed = { meta: { ...Object.fromEntries(Object.entries(meta).reverse()), name: 'mine' }, ...rest }
    expect(parseSafeBatch(JSON.stringify(renamed), 'batch.json').intact).toBe(true)
  })

  it.each<readonly [string, (text: string) => string]>([
    ['chain', (text) => text.replace('"chainId":"1"', '"chainId":"10"')],
    ['recipient', (text) => text.replace('0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', CONTRACT)],
    ['argument', (text) => text.replace('100000000000', '900000000000')],
    ['description', (text) => text.replace('"description":""', '"description":"harmless"')],
    ['field nobody reads', (text) => text.replace('"payable":false', '"payable":true')],
    ['field of its own', (text) => text.replace('"version"', '"more":1,"version"')],
  ])('loses it with another %s', (_, change) => {
    const changed = change(JSON.stringify(FROM_THE_APP))
    expect(changed).not.toBe(JSON.stringify(FROM_THE_APP))
    expect(parseSafeBatch(changed, 'batch.json').intact).toBe(false)
  })

  it('may have none', () => {
    const { checksum: _, ...meta } = FROM_THE_APP.meta
    expect(parseSafeBatch(JSON.stringify({ ...FROM_THE_APP, meta }), 'batch.json').intact).toBeNull()
  })
})

describe('a batch for the app', () => {
  it('has the shape of its own', () => {
    expect(JSON.parse(ours)).toEqual({
      version: '1.0',
      chainId: '10',
      createdAt: 1_790_000_000_000,
      meta: { ...FROM_THE_APP.meta, name: 'add operator "añejo"', description: 'by wcn', checksum: expect.any(String) },
      transactions: [
        {
          to: checksumAddress(CONTRACT),
          value: '0',
          data: '0x0102',
          contractMethod: null,
          contractInputsValues: null,
        },
      ],
    })
  })

  it('is read back', () => {
    expect(parseSafeBatch(ours, 'batch.json')).toEqual({
      chainId: '10',
      safe: SAFE,
      calls: [{ to: CONTRACT, value: 0n, data: '0x0102', method: null }],
      intact: true,
    })
  })
})

describe('what is no batch', () => {
  it.each([
    ['another version', ours.replace('"1.0"', '"2.0"'), /version: must be "1\.0"/],
    ['a chain that is none', ours.replace('"10"', '"optimism"'), /chainId: must be a chain ID/],
    ['half a byte of data', ours.replace('0x0102', '0x010'), /data: must be bytes/],
    ['a value that is none', ours.replace('"value": "0"', '"value": "0x1"'), /value: must be wei/],
    ['no transactions', ours.replace('"transactions"', '"transaction"'), /transactions: is missing/],
    ['an address that is none', ours.replace(/"to": "0x../, '"to": "0x'), /transactions\[0\]\.to/],
  ])('is refused: %s', (_, text, sentence) => {
    expect(sentenceOf(() => parseSafeBatch(text, 'batch.json'))).toMatch(sentence)
  })

  it('is refused, whatever else it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseSafeBatch(text, 'batch.json')).toThrow(WcnError)
      }),
    )
  })
})
