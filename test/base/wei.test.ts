/** Amounts as people read them: three digits, a unit, and never more than is there or less than may be spent. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costInWords, etherInWords, gweiInWords, shareInWords } from '../../src/base/wei.js'

it('what several transactions cost is known where it is of each', () => {
  expect(costInWords([])).toBe('0 ETH')
  expect(costInWords(['1000000000000000', '500000000000000'])).toBe('0.0015 ETH')
  expect(costInWords(['1000000000000000', null])).toBe('not known: the RPC providers do not tell')
})

describe('ether in words', () => {
  it.each([
    [0n, '0 ETH', '0 ETH', '0 ETH'],
    [1n, 'less than 0.000001 ETH', 'less than 0.000001 ETH', '0.000001 ETH'],
    [1_234_567_890_123n, '0.000001 ETH', '0.000001 ETH', '0.000002 ETH'],
    [370_123_456_789_012n, '0.00037 ETH', '0.00037 ETH', '0.000371 ETH'],
    [999_999_999_999_999_999n, '0.999 ETH', '1 ETH', '1 ETH'],
    [100_000_000_000_000_000_001n, '100 ETH', '100 ETH', '101 ETH'],
    [1_234_567_890_000_000_000_000n, '1234 ETH', '1235 ETH', '1235 ETH'],
  ])('%s wei', (wei, down, nearest, up) => {
    expect([etherInWords(wei, 'down'), etherInWords(wei), etherInWords(wei, 'up')]).toEqual([down, nearest, up])
  })

  it('never make too little look enough', () => {
    const wei = fc.bigInt({ min: 10n ** 12n, max: 10n ** 21n })
    const numberOf = (text: string) => Number(text.replace(' ETH', ''))
    fc.assert(
      fc.property(wei, wei, (a, b) => {
        const [held, needed] = a < b ? [a, b] : [b, a]
        fc.pre(held < needed)
        expect(numberOf(etherInWords(held, 'down'))).toBeLessThan(numberOf(etherInWords(needed, 'up')))
      }),
    )
  })
})

it.each([
  [7n, '0.000000007 gwei'],
  [1_006_543n, '0.00101 gwei'],
  [1_500_000_000n, '1.5 gwei'],
  [8_000_000_000_001n, '8001 gwei'],
])('%s wei of gas are %s', (wei, text) => expect(gweiInWords(wei)).toBe(text))

it.each([
  [1n, 40n, 'about 1/40 of the balance'],
  [3n, 1000n, 'about 1/330 of the balance'],
  [1n, 1000n, 'less than 1/1000 of the balance'],
  [1n, 2n, 'about 1/2 of the balance'],
  [2n, 3n, 'more than half of the balance'],
  [3n, 3n, 'more than half of the balance'],
  [4n, 3n, 'more than the balance'],
  [4n, 0n, null],
  [0n, 4n, null],
])('%s of %s is %s', (wei, balance, text) => expect(shareInWords(wei, balance)).toBe(text))
