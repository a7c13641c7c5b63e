/** Namespace IDs a client may be authorised for: one byte on chain (docs/dev/network/wire-format.md, "Limits"). */
import { WcnError } from '../errors/wcn-error.js'
import { quote } from './quote.js'

/** 0 to 255, in plain decimal digits. `source` says where the value came from. Throws NAMESPACE_INVALID. */
export function parseNamespace(value: string | number, source: string): number {
  const id = typeof value === 'number' ? value : /^(?:0|[1-9][0-9]{0,2})$/.test(value) ? Number(value) : Number.NaN
  if (Number.isInteger(id) && id >= 0 && id <= 255) return id
  const given = typeof value === 'number' ? String(value) : quote(value)
  throw new WcnError('NAMESPACE_INVALID', `${source} is ${given}, which is not a namespace ID`, {
    hint: 'a namespace ID is a whole number from 0 to 255, in decimal digits only',
  })
}
