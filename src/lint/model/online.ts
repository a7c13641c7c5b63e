/** The files and the chain: the same cluster, the same operator, the same nodes. */
import { type Address, checksumAddress } from '../../base/address.js'
import type { OperatorSlot } from '../../cluster/cluster-view.js'
import type { ChainSide } from './chain-side.js'
import type { CheckedNode } from './checked-service.js'
import { concluded, type Finding, finding, nowhere, skipped } from './finding.js'
import { judgeKeys } from './online-keys.js'
import { judgeListed, judgeServed } from './online-nodes.js'

export function checkOnline(nodes: readonly CheckedNode[], chain: ChainSide): readonly Finding[] {
  const contracts = nodes.flatMap(({ values }) => values.contract ?? [])
  const contract = concluded(
    'contract-on-chain',
    contracts.flatMap(({ value, variable }) =>
      value === chain.contract || chain.isBlamed(variable.place)
        ? []
        : finding(
            'contract-on-chain',
            'fail',
            variable.place,
            `${variable.name} is ${checksumAddress(value)}, and the cluster that is configured is ${checksumAddress(chain.contract)}`,
            'correct it, or configure the cluster of these files: --contract-address, or --env-file with one of them',
          ),
    ),
    contracts.length > 0 ? 'the contract is the one that is configured' : null,
  )
  // Nothing of another cluster's nodes can be on this chain's list.
  if (contracts.length > 0 && contracts.every(({ value }) => value !== chain.contract)) return contract
  const slot = operatorOf(nodes, chain)
  return [
    ...contract,
    ...judgeMembership(nodes, chain, slot),
    ...judgeListed(nodes, chain, slot),
    ...judgeServed(nodes, slot),
    ...judgeKeys(nodes, chain, slot),
  ]
}

/**
 * The one that is configured, else the signing key's, else whoever lists most of the nodes; null where nobody fits. Where
 * the first two contradict each other, which is said already, the one that has the nodes is meant.
 */
function operatorOf(nodes: readonly CheckedNode[], { view, operator }: ChainSide): OperatorSlot | null {
  const ids = new Set(nodes.map(({ values }) => values.peerId?.value))
  const most = (slots: readonly OperatorSlot[]) => {
    const ranked = slots
      .map((slot) => ({ slot, listed: slot.decoded?.nodes.filter(({ peerId }) => ids.has(peerId)).length ?? 0 }))
      .toSorted((one, other) => other.listed - one.listed)
    return ranked[0] ?? null
  }
  const configured = operator && findOperatorIn(view, operator)
  const signers = nodes.flatMap(({ values }) => (values.signer && findOperatorIn(view, values.signer.value)) ?? [])
  if (operator !== null && (configured === null || signers.length === 0)) return configured
  const named = most([...(configured ? [configured] : []), ...signers])
  if (named) return named.slot
  const owner = most(view.operators)
  return owner && owner.listed > 0 ? owner.slot : null
}

function judgeMembership(
  nodes: readonly CheckedNode[],
  { view, operator, isBlamed }: ChainSide,
  slot: OperatorSlot | null,
): readonly Finding[] {
  const id = 'operator-on-chain'
  const signers = nodes.flatMap(({ values }) => values.signer ?? []).filter(({ variable }) => !isBlamed(variable.place))
  const hint = 'check contract and operator; `wcn operator register` makes the request to join'
  const strangers = signers
    .filter(({ value }) => findOperatorIn(view, value) === null)
    .map(({ value, variable }) =>
      finding(
        id,
        'fail',
        variable.place,
        `${checksumAddress(value)}, whose key it is, is no operator of this cluster`,
        hint,
      ),
    )
  if (strangers.length === 0 && operator !== null && slot === null)
    return [nowhere(id, 'fail', `${checksumAddress(operator)} is not an operator of this cluster`, hint)]
  if (signers.length === 0 && slot === null)
    return skipped(id, 'which operator these nodes belong to is not known', 'set WCN_OPERATOR or --operator')
  return concluded(id, strangers, slot === null ? null : `${checksumAddress(slot.id)} is an operator of this cluster`)
}

function findOperatorIn(view: ChainSide['view'], id: Address): OperatorSlot | null {
  return view.operators.find((operator) => operator.id === id) ?? null
}
