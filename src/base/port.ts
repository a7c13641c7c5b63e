/** Ports as people and files write them. Lenient number parsing ("1e3", "0x50") would move a node silently. */
import { WcnError } from '../errors/wcn-error.js'
import { quote } from './quote.js'

/** 1 to 65535, in plain decimal digits. `source` says where the value came from. Throws PORT_INVALID. */
export function parsePort(value: string | number, source: string): number {
  const port = typeof value === 'number' ? value : /^[1-9][0-9]{0,4}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port
  const given = typeof value === 'number' ? String(value) : quote(value)
  const why = /^-?[0-9]+$/.test(String(value)) && !/^-?0[0-9]/.test(String(value)) ? 'is out of range' : 'is not a port'
  throw new WcnError('PORT_INVALID', `${source} is ${given}, which ${why}`, {
    hint: 'a port is a whole number from 1 to 65535, in decimal digits only',
  })
}
