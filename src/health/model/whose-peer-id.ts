/** Whose a peer ID is, as the chain lists it: the difference between a mix-up of one's own and something worse. */
import type { Address } from '../../base/address.js'
import type { ClusterView } from '../../cluster/cluster-view.js'

type PeerIdOwner =
  | { readonly kind: 'own'; readonly index: number }
  /** `name` is untrusted text. */
  | { readonly kind: 'other'; readonly operator: Address; readonly name: string; readonly index: number }
  | { readonly kind: 'nobody' }

export type WhosePeerId = (peerId: string) => PeerIdOwner

/** `own`: whose nodes count as own; they come first, and so does the first of several equal ones, whoever else claims it. */
export function whosePeerId({ operators }: Pick<ClusterView, 'operators'>, own: Address): WhosePeerId {
  const owners = new Map<string, PeerIdOwner>()
  for (const { id, decoded } of operators.toSorted((a, b) => Number(b.id === own) - Number(a.id === own)))
    decoded?.nodes.forEach(({ peerId }, index) => {
      if (owners.has(peerId)) return
      owners.set(
        peerId,
        id === own ? { kind: 'own', index } : { kind: 'other', operator: id, name: decoded.name, index },
      )
    })
  return (peerId) => owners.get(peerId) ?? { kind: 'nobody' }
}
