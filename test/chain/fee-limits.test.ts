import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bidFault, feeFault, feeLimits, USUAL_LIMITS } from '../../src/chain/fee-limits.js'
import { exitCodeOf } from '../../src/errors/exit-codes.js'

const GWEI = 10n ** 9n
const ETHER = 10n ** 18n
const NONE = { fee: null, cost: null }
const bid = (fee: bigint, tip: bigint, gas = 200_000n, otherWei = 0n) => {
  return { fees: { maxFeePerGas: fee, maxPriorityFeePerGas: tip }, gas, otherWei }
}

describe('the limits', () => {
  it('are far above what OP Mainnet asks for: its usual fees may rise a thousandfold', () => {
    // A base fee and a tip of 0.001 gwei each; the largest write.
    expect(bidFault(bid(3_000_000n * 1000n, 1_000_000n * 1000n, 6_500_000n, ETHER / 1000n), NONE, 'it', 'x')).toBeNull()
  })

  it('are far below what hurts: fees that were raised ten thousandfold are refused', () => {
    expect(bidFault(bid(3_000_000n * 10_000n, 1_000_000n * 10_000n), NONE, 'it', 'x')?.code).toBe('FEE_TOO_HIGH')
    expect(exitCodeOf('FEE_TOO_HIGH')).toBe(4)
  })

  it.each([
    ['neither flag', NONE, USUAL_LIMITS],
    [
      'a higher fee, of which all may be a tip',
      { fee: 100n * GWEI, cost: null },
      { fee: 100n * GWEI, tip: 100n * GWEI },
    ],
    ['a lower fee', { fee: GWEI, cost: null }, { fee: GWEI, tip: GWEI }],
    ['no fee at all', { fee: 0n, cost: null }, { fee: 0n, tip: 0n }],
    ['a higher cost', { fee: null, cost: ETHER }, { fee: USUAL_LIMITS.fee, cost: ETHER }],
    ['a lower cost', { fee: null, cost: 1n }, { cost: 1n }],
  ])('with %s', (_, given, limits) => expect(feeLimits(given)).toMatchObject(limits))

  it('never let a tip be above the fee, and whatever is within the limits passes', () => {
    const wei = fc.option(fc.bigInt({ min: 0n, max: 10n ** 20n }), { nil: null })
    fc.assert(
      fc.property(wei, wei, fc.bigInt({ min: 0n, max: 10n ** 13n }), (fee, cost, gas) => {
        const limits = feeLimits({ fee, cost })
        expect(limits.tip).toBeLessThanOrEqual(limits.fee)
        const most = bid(limits.fee, limits.tip, gas)
        const dear = gas * limits.fee > limits.cost
        expect(bidFault(most, { fee, cost }, 'it', 'x') !== null).toBe(dear)
        expect(
          bidFault({ ...most, fees: { ...most.fees, maxFeePerGas: limits.fee + 1n } }, { fee, cost }, 'it', 'x'),
        ).not.toBeNull()
      }),
    )
  })
})

describe('what is above one', () => {
  it('is said in words, with the flag that allows it', () => {
    expect(bidFault(bid(21n * GWEI, GWEI), NONE, 'tx.json', 'have it made anew')).toMatchObject({
      message: 'tx.json bids up to 21 gwei per gas, and the limit is 20 unless --max-fee allows more',
      hint: 'have it made anew; or allow more with --max-fee 21',
      details: { needed_wei: '21000000000', max_fee_wei: '20000000000' },
    })
    expect(bidFault(bid(20n * GWEI, 8n * GWEI), NONE, 'it', 'x')).toMatchObject({
      message: 'it tips up to 8 gwei per gas, and the limit is 3 unless --max-fee allows more',
      details: { tip_wei: '8000000000', max_tip_wei: '3000000000' },
    })
    expect(bidFault(bid(2n * GWEI, GWEI, 100_000n, ETHER), { fee: null, cost: ETHER }, 'it', 'x')).toMatchObject({
      message: 'it may cost 1.01 ETH, and --max-cost allows 1',
      details: { cost_wei: '1000200000000000000', max_cost_wei: '1000000000000000000' },
    })
    expect(feeFault('fee', 3n, { fee: 2n, cost: null }, 'a block takes 3')?.message).toBe(
      'a block takes 3, and --max-fee allows 0.000000002',
    )
  })

  it.each([
    [bid(90n * GWEI, GWEI), { fee: 90n * GWEI, cost: null }, 'max-fee 90'],
    [bid(20n * GWEI, GWEI, 5_000_000n), { fee: null, cost: ETHER / 10n }, 'max-cost 0.1'],
  ])('is allowed by the flag of the hint', (dear, given, flag) => {
    expect(bidFault(dear, NONE, 'it', 'x')?.hint).toBe(`x; or allow more with --${flag}`)
    expect(bidFault(dear, given, 'it', 'x')).toBeNull()
  })
})
