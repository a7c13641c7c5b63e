/** Reads a whole number that a flag of `devnet` gives. */
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'

/** Throws SETTING_INVALID. */
export function between(text: string, source: string, min: number, max: number): number {
  const number = /^(?:0|[1-9][0-9]{0,5})$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  throw new WcnError(
    'SETTING_INVALID',
    `${source} is ${quote(text)}, which is not a whole number from ${min} to ${max}`,
  )
}
