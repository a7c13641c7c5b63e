/** Parsers of settings' values. Each names the source that the text came from. */
import { quote } from '../base/quote.js'
import { WcnError } from '../errors/wcn-error.js'

const LONGEST_DURATION_S = 7 * 24 * 3600

/** Addresses and keys are the same in other letters and without `0x`. */
export function hexDigits(value: string): string {
  return value.toLowerCase().replace(/^0x/, '')
}

/** A URL as one place is always written: without a fragment, and slashes at the end of its path. Other text stays. */
export function placeOfUrl(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url.href
}

export function positiveInteger(value: string, source: string, what: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(value)) return Number(value)
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which is not ${what}`, {
    hint: 'write a whole number above 0, in decimal digits',
  })
}

/** `90`, `90s`, `30m` or `2h`, in milliseconds; a week at most: timers fire at once above 2^31 ms. Throws SETTING_INVALID. */
export function parseDuration(value: string, source: string): number {
  const [, count, unit = 's'] = /^([1-9][0-9]{0,14})([smh])?$/.exec(value) ?? []
  if (count === undefined)
    throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which is not a length of time`, {
      hint: 'write a whole number of seconds above 0, or such as 90s, 30m or 2h',
    })
  const seconds = Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h']
  if (seconds <= LONGEST_DURATION_S) return seconds * 1000
  throw new WcnError('SETTING_INVALID', `${source} is longer than a week`, { hint: 'give at most 168h' })
}

/** Names of environment variables. Throws SETTING_INVALID for what no variable is called, such as `NAME=value`. */
export function variableNames(values: readonly string[] = [], source: string): readonly string[] {
  const wrong = values.find((value) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
  if (wrong === undefined) return values
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(wrong)}, which is not the name of a variable`, {
    hint: `write the name alone, such as ${source} WCN_OPERATOR: its value is handed on`,
  })
}

export function truth(value: string, source: string): boolean {
  if (value === '1' || value === 'true') return true
  if (value === '0' || value === 'false') return false
  throw new WcnError('SETTING_INVALID', `${source} is neither true nor false`, { hint: 'write 1 or 0' })
}

/** A decimal number of a unit of 10^`decimals` wei, exactly. `unit` is its name in sentences. */
export function amount(value: string, source: string, unit: string, decimals: number): bigint {
  const [, whole, fraction = ''] = /^([0-9]{1,12})(?:\.([0-9]{1,18}))?$/.exec(value) ?? []
  if (whole !== undefined && fraction.length <= decimals)
    return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, '0'))
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which is not an amount in ${unit}`, {
    hint: `write a decimal number of ${unit}, such as 0.5`,
  })
}
