/** One sentence for every value that is not of the form it has to be. */
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'

/** Or an IPv4 address. */
export const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/

/** `why` goes on after the value, which is quoted. Throws SETTING_INVALID. */
export function requireMatch(text: string, form: RegExp, source: string, why: string, hint?: string): string {
  if (form.test(text)) return text
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, ${why}`, { hint })
}
