/** Finds the stand-in that a command line means: by its operator and its place there, or by its peer ID. */
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import { type StandInState, targetOf } from './stand-in-states.js'

export const CHAIN = 'chain'

/** `OPERATOR/NODE`: slot, name or address, and index or `database`. Throws USAGE, with what there is, for what is not there. */
export function findTarget(text: string, all: readonly StandInState[]): StandInState {
  const [, operator = '', place = ''] = /^(.+)\/(\d+|database)$/.exec(text) ?? []
  const found = all.filter((one) => {
    if (one.peerId === text) return true
    const isThere = place === 'database' ? one.kind === 'database' : one.kind === 'node' && String(one.index) === place
    return isThere && isOperator(one, operator)
  })
  const [first] = found
  if (first && found.length === 1) return first
  const targets = [CHAIN, ...all.map(targetOf)]
  const why = found.length > 1 ? 'is more than one stand-in' : 'is no stand-in of this network'
  throw new WcnError('USAGE', `${quote(text)} ${why}`, {
    hint: `there are ${targets.join(', ')}; for the slot also the operator's name or address stands`,
    details: { targets },
  })
}

function isOperator({ slot, operator, name }: StandInState, text: string): boolean {
  if (slot === null) return false
  return text === String(slot) || text.toLowerCase() === operator || text.toLowerCase() === name?.toLowerCase()
}
