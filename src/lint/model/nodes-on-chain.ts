/** Finds the operator and the lists on chain that nodes in files belong to. */
import type { Address } from '../../base/address.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ClusterView, OperatorSlot } from '../../cluster/cluster-view.js'
import { type CheckedService, servicesWith } from './checked-service.js'
import type { Place } from './finding.js'

type View = Pick<ClusterView, 'operators'>

interface Judged {
  readonly nodes: readonly CheckedService[]
  readonly isBlamed: (place: Place) => boolean
}

/**
 * The one that is configured, else the signing key's, else whoever lists most of the nodes; null where nobody fits. Where
 * the first two contradict each other, which is said already, the one that has the nodes is meant.
 */
export function operatorOfNodes(
  nodes: readonly CheckedService[],
  view: View,
  operator: Address | null,
): OperatorSlot | null {
  const ids = new Set(nodes.map(({ values }) => values.peerId?.value))
  const most = (slots: readonly OperatorSlot[]) =>
    slots
      .map((slot) => ({ slot, listed: slot.decoded?.nodes.filter(({ peerId }) => ids.has(peerId)).length ?? 0 }))
      .toSorted((one, other) => other.listed - one.listed)[0] ?? null
  const configured = operator && findSlot(view, operator)
  const signers = servicesWith(nodes, 'signer').flatMap(({ value }) => findSlot(view, value) ?? [])
  if (operator !== null && (configured === null || signers.length === 0)) return configured
  const named = most([...(configured ? [configured] : []), ...signers])
  if (named) return named.slot
  const owner = most(view.operators)
  return owner && owner.listed > 0 ? owner.slot : null
}

export function findSlot({ operators }: View, id: Address): OperatorSlot | null {
  return operators.find((operator) => operator.id === id) ?? null
}

/** Those whose key is known, and not blamed for something else already. */
export function identifiedNodes({ nodes, isBlamed }: Judged) {
  return servicesWith(nodes, 'peerId').filter(({ variable }) => !isBlamed(variable.place))
}

/** The operators whose lists have the node. */
export function listsWith({ view }: { readonly view: View }, wanted: PeerId) {
  return view.operators.flatMap(({ id, decoded }) => {
    const nodes = decoded?.nodes ?? []
    return nodes.some(({ peerId }) => peerId === wanted) ? [{ id, nodes }] : []
  })
}
