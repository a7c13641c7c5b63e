/** What a stand-in says of itself, in a file of its network's folder: by it `devnet status` finds it, and `devnet break` knows that it was heard. */
import { isRecord } from '../../base/is-record.js'
import type { PeerId } from '../../base/keys/peer-id.js'

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
  readonly fault: string | null
  /** Why it ended by itself, or can't be as it was told to be. */
  readonly problem: string | null
  /** Which word to it was the last one that it has obeyed. */
  readonly heard: string | null
}

/** Null for what no stand-in wrote. */
export function parseStandInRecord(text: string): StandInRecord | null {
  try {
    const value: unknown = JSON.parse(text)
    const is = isRecord(value) && Number.isInteger(value.pid) && typeof value.peer_id === 'string'
    return is && Number.isInteger(value.primary_port) ? (value as unknown as StandInRecord) : null
  } catch {
    return null
  }
}
