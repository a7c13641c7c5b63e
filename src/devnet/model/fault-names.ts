/** What `devnet break` can do to whom, by the names that commands use. */
import { WcnError } from '../../errors/wcn-error.js'

type Victim = 'node' | 'primary' | 'database' | 'chain'

/** `primary`: a node that has its operator's key. */
const FAULTS = {
  silent: [['node', 'database', 'chain'], 'what it is sent is dropped, as by a firewall or a machine that hangs'],
  closed: [['node', 'database'], 'nothing listens at its ports, as after a crash'],
  'wrong-key': [['node', 'database'], 'it answers as somebody else: another secret key is in its environment'],
  'swapped-ports': [['node', 'database'], 'each of its two servers is at the port of the other one'],
  'other-program': [['node', 'database'], 'another program listens at its ports'],
  slow: [['node', 'database'], 'it answers everything half a second late'],
  lagging: [['node', 'chain'], 'no block comes after the one of now: none from a node’s RPC provider, or none at all'],
  'provider-down': [['node'], 'its RPC provider gives it nothing but errors'],
  'database-down': [['node', 'database'], 'the operator’s nodes have no database: that is off'],
  'never-completes': [['primary'], 'it never says that it has pulled all data of a migration'],
  'holds-maintenance': [['primary'], 'its operator has entered maintenance, and does not leave'],
} as const satisfies Readonly<Record<string, readonly [of: readonly Victim[], does: string]>>

export type FaultName = keyof typeof FAULTS
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[]

export function whatItDoes(fault: FaultName): string {
  return FAULTS[fault][1]
}

/** `record` null: the chain. Throws USAGE for what can't be done to it. */
export function requireFault(
  text: string,
  record: { readonly kind: 'node' | 'database'; readonly signs: boolean } | null,
  target: string,
): FaultName {
  const victims: readonly Victim[] = record === null ? ['chain'] : record.signs ? ['node', 'primary'] : [record.kind]
  const possible = FAULT_NAMES.filter((name) => FAULTS[name][0].some((victim) => victims.includes(victim)))
  const found = possible.find((name) => name === text)
  if (found) return found
  const isPrimarys = FAULT_NAMES.some((name) => name === text && FAULTS[name][0].some((one) => one === 'primary'))
  const why = isPrimarys && record?.kind === 'node' ? ': only a node with its operator’s key (its first one) can' : ''
  throw new WcnError('USAGE', `${target} can't be ${text}${why}`, {
    hint: `it can be ${possible.join(', ')}`,
    details: { target, possible },
  })
}
