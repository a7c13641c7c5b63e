import fc from 'fast-check'
import { expect, it } from 'vitest'
import { uniqueBid } from '../../src/chain/fees.js'

const NONE = { fee: 10n ** 40n, cost: 10n ** 60n }
const wei = fc.bigInt({ min: 0n, max: 10n ** 12n })
const bids = fc.record({ gas: wei, fees: fc.record({ maxFeePerGas: wei, maxPriorityFeePerGas: wei }) })
const random = fc.uint8Array({ minLength: 4, maxLength: 4 })

it('is another transaction for other random bytes', () => {
  fc.assert(
    fc.property(bids, random, random, (bid, a, b) => {
      const [one, other] = [uniqueBid(bid, a, NONE), uniqueBid(bid, b, NONE)]
      const same = one.gas === other.gas && one.fees.maxFeePerGas === other.fees.maxFeePerGas
      expect(same).toBe(a.every((byte, n) => byte === b[n]))
    }),
  )
})

it('asks for little more, never for less, and pays the same tip', () => {
  fc.assert(
    fc.property(bids, random, (bid, bytes) => {
      const { gas, fees } = uniqueBid(bid, bytes, NONE)
      for (const added of [gas - bid.gas, fees.maxFeePerGas - bid.fees.maxFeePerGas]) {
        expect(added).toBeGreaterThanOrEqual(0n)
        expect(added).toBeLessThan(65_536n)
      }
      expect(fees.maxPriorityFeePerGas).toBe(bid.fees.maxPriorityFeePerGas)
    }),
  )
})

it('stays within what is allowed, where the usual bid is', () => {
  const rooms = fc.bigInt({ min: 0n, max: 10n ** 14n })
  fc.assert(
    fc.property(bids, random, rooms, rooms, (bid, bytes, feeRoom, costRoom) => {
      const limits = {
        fee: bid.fees.maxFeePerGas + (feeRoom % 100_000n),
        cost: bid.gas * bid.fees.maxFeePerGas + costRoom,
      }
      const { gas, fees } = uniqueBid(bid, bytes, limits)
      expect(fees.maxFeePerGas).toBeLessThanOrEqual(limits.fee)
      if (fees.maxFeePerGas > 0n) expect(gas * fees.maxFeePerGas).toBeLessThanOrEqual(limits.cost)
    }),
  )
})

it('asks for no less where the limits are too low already', () => {
  const bid = { gas: 100n, fees: { maxFeePerGas: 100n, maxPriorityFeePerGas: 1n } }
  expect(uniqueBid(bid, new Uint8Array(4).fill(255), { fee: 10n, cost: 10n })).toEqual(bid)
})
