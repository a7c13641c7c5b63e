/** Describes a write of an operator's data as the rules see it. */

import type { Ipv4 } from '../base/ipv4.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ErrorCode } from '../errors/exit-codes.js'
import { type ErrorDetails, WcnError } from '../errors/wcn-error.js'
import type { OperatorSlot } from './cluster-view.js'
import type { OperatorData, StoredNode } from './codec/operator-data.js'
import { pairUp } from './pair-up.js'
import { nodeIdentity, type PlainNode, plainNode } from './plain-node.js'

/** What is refused unless flags allow it. */
export interface Allowances {
  readonly privateAddresses: boolean
  /** So many nodes may go at once. */
  readonly removals: number
  readonly revokeAll: boolean
  readonly trailingBytes: boolean
  readonly undecodable: boolean
}

export const NOTHING_MORE: Allowances = {
  privateAddresses: false,
  removals: 1,
  revokeAll: false,
  trailingBytes: false,
  undecodable: false,
}

export interface OperatorWrite {
  /** The operator as it is on chain; null: it is not there yet, or what is there is not known. */
  readonly slot: Pick<OperatorSlot, 'decoded' | 'reason'> | null
  readonly after: OperatorData
  /** The bytes to be written, where somebody else encoded them. */
  readonly bytes?: Uint8Array
  /** Null: addresses stay unseen. */
  readonly key: EncryptionKey | null
  /** Null: the cluster's limit is not known. */
  readonly maxDataBytes: number | null
  readonly allowed: Allowances
}

export interface JudgedWrite extends OperatorWrite {
  readonly before: OperatorData | null
  /** Of the new list: those that are not on chain as they are. */
  readonly fresh: readonly PlacedNode[]
  /** Without the key the address is ciphertext, which is the same for equal nodes only. */
  readonly look: (node: StoredNode) => PlainNode
}

interface PlacedNode {
  readonly node: StoredNode
  readonly index: number
}

export interface WriteRule {
  /** What it refuses, in words. */
  readonly refuses: string
  /** Everything that speaks against a write by this rule. */
  readonly judge: (write: JudgedWrite) => readonly WcnError[]
  /** The flag that allows it all the same; null: none does. */
  readonly override: string | null
}

export function rule(refuses: string, judge: WriteRule['judge'], override: string | null = null): WriteRule {
  return { refuses, judge, override }
}

export function judgedWrite(write: OperatorWrite): JudgedWrite {
  const { slot, after, key } = write
  const before = slot?.decoded ?? null
  const look = (node: StoredNode) =>
    key ? plainNode(node, key) : { ...node, ipv4Addr: node.ipv4.join() as Ipv4, privateIpv4Addr: null }
  return { ...write, before, fresh: freshNodes(before?.nodes ?? [], after.nodes), look }
}

/** As often as it is on chain, a node is not new. */
export function freshNodes(before: readonly StoredNode[], after: readonly StoredNode[]): readonly PlacedNode[] {
  const known = new Set(pairUp(before, after, [nodeIdentity]).map(([, to]) => to))
  return after.flatMap((node, index) => (known.has(index) ? [] : [{ node, index }]))
}

export function fault(code: ErrorCode, message: string, hint: string, details?: ErrorDetails): readonly WcnError[] {
  return [new WcnError(code, message, { hint, details })]
}

/** The WcnError that a check throws. */
export function faultOf(check: () => unknown): readonly WcnError[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof WcnError) return [error]
    throw error
  }
}
