/** Values of a chain as the state directory's files write them: lower-case hex, integers beyond 2^53 as decimal text. */
import { z } from 'zod'
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'

const HEX_DIGITS = /^0x[0-9a-f]*$/
const UINT256 = /^(?:0|[1-9][0-9]{0,77})$/

function isWholeBytes(text: string): boolean {
  return text.length % 2 === 0 && HEX_DIGITS.test(text)
}

export const hexValue = z.custom<Hex>((value) => typeof value === 'string' && isWholeBytes(value), {
  error: 'must be lower-case hex that starts with 0x',
})

function hexOfBytes<T extends Hex>(bytes: number) {
  return z.custom<T>((value) => typeof value === 'string' && value.length === 2 + 2 * bytes && isWholeBytes(value), {
    error: `must be ${bytes} bytes as lower-case hex that starts with 0x`,
  })
}

export const hashValue = hexOfBytes<Hex>(32)
export const addressValue = hexOfBytes<Address>(20)

export const bigValue = z
  .custom<string>((value) => typeof value === 'string' && UINT256.test(value), {
    error: 'must be a whole number as text in decimal digits',
  })
  .transform(BigInt)

export const countValue = z.int().nonnegative('must not be negative')

/** Unix seconds, no later than what a Date can hold. */
export const timeValue = countValue.max(8_640_000_000_000, 'is no time')

export const blockValue = z.strictObject({ number: countValue, hash: hashValue })
