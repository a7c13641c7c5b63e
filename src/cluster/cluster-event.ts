/** What the cluster contract says in its events (docs/dev/network/contract.md), in the network's terms. */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'

/** Where on the chain it was said. */
interface EventPlace {
  readonly block: number
  readonly blockHash: Hex
  /** Unix seconds. */
  readonly time: number
  readonly transaction: Hex
  /** Among the events of its block. */
  readonly index: number
  /** The cluster's version that it made; null: it makes none. */
  readonly version: bigint | null
}

export type ClusterEvent = EventPlace & EventMeaning

/** `data` is an operator's data as it is stored. */
export type EventMeaning =
  | {
      readonly kind: 'cluster-initialized'
      readonly operators: readonly { readonly id: Address; readonly data: Uint8Array }[]
    }
  | {
      readonly kind: 'operator-added' | 'operator-updated'
      readonly operator: Address
      readonly slot: number
      readonly data: Uint8Array
    }
  | { readonly kind: 'operator-removed'; readonly operator: Address; readonly slot: number }
  | {
      readonly kind: 'migration-started'
      readonly id: bigint
      readonly slots: readonly number[]
      readonly keyspaceVersion: bigint
    }
  | { readonly kind: 'data-pulled' | 'migration-completed'; readonly id: bigint; readonly operator: Address }
  | { readonly kind: 'migration-aborted'; readonly id: bigint }
  | { readonly kind: 'maintenance-entered' | 'maintenance-left'; readonly operator: Address }
  | {
      readonly kind: 'settings-updated'
      readonly by: Address
      readonly settings: {
        readonly maxOperatorDataBytes: number
        readonly minOperators: number
        readonly extra: Uint8Array
      }
    }
  | { readonly kind: 'ownership-offered' | 'ownership-transferred'; readonly from: Address; readonly to: Address }
  | { readonly kind: 'upgraded'; readonly implementation: Address }
  /** Of the proxy's own bookkeeping. */
  | { readonly kind: 'initialized' }
