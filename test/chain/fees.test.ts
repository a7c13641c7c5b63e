/** What replaces a waiting transaction. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replacementFees } from '../../src/chain/fees.js'
import type { Fees } from '../../src/chain/transaction.js'

const fees = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint): Fees => ({ maxFeePerGas, maxPriorityFeePerGas })
const anyFees: fc.Arbitrary<Fees> = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.bigInt({ min: 0n, max: 10n ** 14n }))
  .map(([a, b]) => (a > b ? fees(a, b) : fees(b, a)))

/** As go-ethereum's pool decides (core/txpool/legacypool/list.go, `list.Add`, with a price bump of 10 percent). */
function isTaken(next: Fees, previous: Fees): boolean {
  const enough = (after: bigint, before: bigint) => after > before && after >= (before * 110n) / 100n
  return (
    enough(next.maxFeePerGas, previous.maxFeePerGas) && enough(next.maxPriorityFeePerGas, previous.maxPriorityFeePerGas)
  )
}

describe('the fees of a replacement', () => {
  it('are a tenth more than before', () => {
    expect(replacementFees(fees(1000n, 100n), fees(10n, 1n))).toEqual(fees(1101n, 111n))
  })

  it('are what is usual now where that is more', () => {
    expect(replacementFees(fees(1000n, 100n), fees(5000n, 20n))).toEqual(fees(5000n, 111n))
    expect(replacementFees(fees(1000n, 100n), fees(20n, 5000n))).toEqual(fees(5000n, 5000n))
  })

  it('are more even where nothing was bid', () => {
    expect(replacementFees(fees(0n, 0n), fees(0n, 0n))).toEqual(fees(1n, 1n))
  })

  it('are taken by every pool, are no less than usual, and no more than that needs', () => {
    fc.assert(
      fc.property(anyFees, anyFees, (previous, current) => {
        const next = replacementFees(previous, current)
        expect(isTaken(next, previous)).toBe(true)
        expect(next.maxFeePerGas >= current.maxFeePerGas).toBe(true)
        expect(next.maxPriorityFeePerGas >= current.maxPriorityFeePerGas).toBe(true)
        expect(next.maxFeePerGas >= next.maxPriorityFeePerGas).toBe(true)
        const roundedUp = (wei: bigint) => (wei * 110n) / 100n + 1n
        const least = [roundedUp(previous.maxFeePerGas), current.maxFeePerGas, next.maxPriorityFeePerGas]
        expect(least).toContain(next.maxFeePerGas)
      }),
    )
  })
})
