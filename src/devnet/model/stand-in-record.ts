/** What a stand-in says of itself, in a file of its network's folder: by it `devnet status` finds it, and `devnet break` knows that it was heard. */
import type { ChainFault } from '../../anvil/chain-faults.js'
import { jsonRecord } from '../../base/json-record.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { FaultName } from './fault-names.js'

export interface StandInRecord {
  readonly pid: number
  readonly kind: 'node' | 'database'
  readonly peer_id: PeerId
  readonly primary_port: number
  readonly secondary_port: number
  readonly metrics_port: number
  /** Its env file, or the environment. */
  readonly source: string
  /** Of a node: its database's. */
  readonly database_peer_id: string | null
  /** Whether it has the operator's key. */
  readonly signs: boolean
  /** What is wrong with it on purpose. */
  readonly fault: FaultName | null
  /** Why it ended by itself. */
  readonly problem: string | null
  /** The last word to it, and why it was not obeyed. */
  readonly heard: string | null
  readonly refusal: string | null
}

/** What a command tells a stand-in; no fault: be as your env file says. */
export interface Word {
  readonly id: string
  readonly fault: FaultName | null
}

/** Null for what no stand-in wrote. */
export function parseStandInRecord(text: string): StandInRecord | null {
  const value = jsonRecord(text)
  const is = Number.isInteger(value?.pid) && typeof value?.peer_id === 'string' && Number.isInteger(value.primary_port)
  return is ? (value as unknown as StandInRecord) : null
}

/** Null for what no command wrote. */
export function parseWord(text: string): Word | null {
  const value = jsonRecord(text)
  return typeof value?.id === 'string' ? (value as unknown as Word) : null
}

export function parseChainFault(text: string): ChainFault | null {
  const value = jsonRecord(text)
  return value?.fault === 'silent' || value?.fault === 'lagging' ? (value as unknown as ChainFault) : null
}
