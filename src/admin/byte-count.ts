/** Reads an amount of data as people write it, such as 40GB. */
import { quote } from '../base/quote.js'
import { WcnError } from '../errors/wcn-error.js'

const UNITS = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const

/** Bytes; units are powers of 1000. Throws SETTING_INVALID. */
export function parseByteCount(text: string, source: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,11})(|KB|MB|GB|TB)$/i.exec(text) ?? []
  const bytes = Number(count) * UNITS[(unit ?? '').toUpperCase() as keyof typeof UNITS]
  if (count !== undefined && Number.isSafeInteger(bytes)) return bytes
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not an amount of data`, {
    hint: 'write a whole number of bytes, or such as 500MB, 40GB or 2TB',
  })
}
