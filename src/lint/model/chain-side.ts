/** What the chain, and who knows it, have to say about the files that `config check --online` judges. */
import type { Address } from '../../base/address.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { Place } from './found.js'

export type KeyVerdict =
  | { readonly kind: 'proven' }
  /** Nothing speaks for it or against it. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'wrong'; readonly why: string }

export interface ChainSide {
  readonly contract: Address
  readonly view: Pick<ClusterView, 'operators'>
  /** The operator that is configured; null: none is. */
  readonly operator: Address | null
  /** What is known of an encryption key, by its hex. */
  readonly keys: ReadonlyMap<string, KeyVerdict>
  /** Whether something was found there offline already. */
  readonly isBlamed: (place: Place) => boolean
}
