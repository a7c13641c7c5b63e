/** Values of a chain as the state directory's files write them: lower-case hex, integers beyond 2^53 as decimal text. */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import { integerThat, mapped, recordOf, textThat } from './shape.js'

const HEX_DIGITS = /^0x[0-9a-f]*$/
const UINT256 = /^(?:0|[1-9][0-9]{0,77})$/

function isWholeBytes(text: string): boolean {
  return text.length % 2 === 0 && HEX_DIGITS.test(text)
}

function hexOfBytes<T extends Hex>(bytes: number) {
  return textThat<T>(
    (text) => text.length === 2 + 2 * bytes && isWholeBytes(text),
    `must be ${bytes} bytes as lower-case hex that starts with 0x`,
  )
}

export const hexValue = textThat<Hex>(isWholeBytes, 'must be lower-case hex that starts with 0x')
export const hashValue = hexOfBytes<Hex>(32)
export const addressValue = hexOfBytes<Address>(20)

export const bigValue = mapped(
  textThat((text) => UINT256.test(text), 'must be a whole number as text in decimal digits'),
  BigInt,
)

export const countValue = integerThat((value) => value >= 0, 'must not be negative')
export const positiveValue = integerThat((value) => value > 0, 'must be positive')

/** Unix seconds, no later than what a Date can hold. */
export const timeValue = mapped(
  countValue,
  integerThat((value) => value <= 8_640_000_000_000, 'is no time'),
)

export const blockValue = recordOf({ number: countValue, hash: hashValue })
