/** Parsers of settings' values. Each names the source that the text came from, and throws SETTING_INVALID unless it says otherwise. */
import { parseAddress } from '../base/address.js'
import { quote } from '../base/quote.js'
import { FINALITIES, type Finality } from '../chain/transaction.js'
import { WcnError } from '../errors/wcn-error.js'
import { directory } from './directories.js'
import type { Kind } from './settings-table.js'

/** The ARN of a key or an alias, an alias, or a key ID: a UUID, or `mrk-` and 32 digits. */
const KMS_KEY_ID =
  /^(?:arn:[\w-]+:kms:[\w-]+:\d+:(?:key\/[\w-]+|alias\/[\w/-]+)|alias\/[\w/-]+|(?:mrk-)?[0-9a-f-]{32,36})$/
const LONGEST_DURATION_S = 7 * 24 * 3600

/** By the kinds of settings. What is missing is looked into where it is used: secrets, files and URLs. */
export const PARSERS = {
  address: parseAddress,
  'chain-id': (value, source) => positiveInteger(value, source, 'a chain ID'),
  count: (value, source) => positiveInteger(value, source, 'a number of RPC providers'),
  duration: parseDuration,
  truth,
  gwei: (value, source) => amount(value, source, 'gwei', 9),
  ether: (value, source) => amount(value, source, 'ETH', 18),
  finality,
  kms: kmsKeyId,
  directory,
} as const satisfies Partial<Record<Kind, (value: string, source: string) => unknown>>

export function positiveInteger(value: string, source: string, what: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(value)) return Number(value)
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which is not ${what}`, {
    hint: 'write a whole number above 0, in decimal digits',
  })
}

/** `90`, `90s`, `30m` or `2h`, in milliseconds; a week at most: timers fire at once above 2^31 ms. */
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

/** Names of environment variables, and not such as `NAME=value`. */
export function variableNames(values: readonly string[] = [], source: string): readonly string[] {
  const wrong = values.find((value) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
  if (wrong === undefined) return values
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(wrong)}, which is not the name of a variable`, {
    hint: `write the name alone, such as ${source} WCN_OPERATOR: its value is handed on`,
  })
}

function truth(value: string, source: string): boolean {
  if (value === '1' || value === 'true') return true
  if (value === '0' || value === 'false') return false
  throw new WcnError('SETTING_INVALID', `${source} is neither true nor false`, { hint: 'write 1 or 0' })
}

/** A decimal number of a unit of 10^`decimals` wei, exactly. `unit` is its name in sentences. */
function amount(value: string, source: string, unit: string, decimals: number): bigint {
  const [, whole, fraction = ''] = /^([0-9]{1,12})(?:\.([0-9]{1,18}))?$/.exec(value) ?? []
  if (whole !== undefined && fraction.length <= decimals)
    return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, '0'))
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which is not an amount in ${unit}`, {
    hint: `write a decimal number of ${unit}, such as 0.5`,
  })
}

function finality(value: string, source: string): Finality {
  const level = FINALITIES.find((known) => known === value)
  if (level) return level
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which is no level of finality`, {
    hint: `write ${FINALITIES.join(', ')}`,
  })
}

/** What is no name of a key may be a key. */
function kmsKeyId(value: string, source: string): string {
  if (KMS_KEY_ID.test(value)) return value
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which does not name a key in AWS KMS`, {
    hint: 'give its ID (a UUID), its ARN, or an alias such as alias/wcn-owner',
  })
}

/** Whether what stands in it for user and password can be read as well. */
export function isUrl(text: string, protocols: readonly string[]): boolean {
  try {
    const { protocol, username, password } = new URL(text)
    for (const part of [username, password]) decodeURIComponent(part)
    return protocols.includes(protocol)
  } catch {
    return false
  }
}
