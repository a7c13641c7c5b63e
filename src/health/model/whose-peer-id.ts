/** Whose a peer ID is, as the chain lists it: the difference between a mix-up of one's own and something worse. */
import type { Address } from '../../base/address.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ClusterView } from '../../cluster/cluster-view.js'

type PeerIdOwner =
  | { readonly kind: 'own'; readonly index: number }
  /** `name` is untrusted text. */
  | { readonly kind: 'other'; readonly operator: Address; readonly name: string; readonly index: number }
  | { readonly kind: 'nobody' }

export type WhosePeerId = (peerId: string) => PeerIdOwner

const NOBODY: PeerIdOwner = { kind: 'nobody' }

/** `operator`: whose nodes count as own. The list is made when it is first asked for. */
export function whosePeerId(view: Pick<ClusterView, 'operators'>, operator: Address): WhosePeerId {
  let owners: ReadonlyMap<string, PeerIdOwner> | undefined
  return (peerId) => {
    owners ??= ownersOf(view, operator)
    return owners.get(peerId) ?? NOBODY
  }
}

function ownersOf(view: Pick<ClusterView, 'operators'>, own: Address): ReadonlyMap<PeerId, PeerIdOwner> {
  const owners = new Map<PeerId, PeerIdOwner>()
  for (const { id, decoded } of view.operators)
    decoded?.nodes.forEach(({ peerId }, index) => {
      if (id === own) {
        // The first of several equal ones, whoever else claims it.
        if (owners.get(peerId)?.kind !== 'own') owners.set(peerId, { kind: 'own', index })
      } else if (!owners.has(peerId)) owners.set(peerId, { kind: 'other', operator: id, name: decoded.name, index })
    })
  return owners
}
