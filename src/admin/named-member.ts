/** Finds the operator that the owner names on the command line: by its address, or by its operator slot. */
import { parseAddress } from '../base/address.js'
import type { ClusterView, OperatorSlot } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireOperator } from '../read/read-operator.js'

/** Names are no way to say which: anybody may take any name. Throws ADDRESS_INVALID, OPERATOR_NOT_FOUND. */
export function requireMember(view: ClusterView, text: string, source: string): OperatorSlot {
  if (!/^[0-9]{1,3}$/.test(text)) return requireOperator(view, parseAddress(text, source))
  const found = view.operators.find(({ slot }) => slot === Number(text))
  if (found) return found
  throw new WcnError('OPERATOR_NOT_FOUND', `nobody is in operator slot ${text} of this cluster`, {
    hint: '`wcn cluster view` shows the operators and their slots',
  })
}

/** As a title names it: its name is untrusted, and quoted. */
export function memberInWords({ slot, id, decoded }: OperatorSlot): string {
  return `operator ${decoded ? `${JSON.stringify(decoded.name)} ` : ''}${id} in slot ${slot}`
}
