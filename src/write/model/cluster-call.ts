/**
 * Tells what a call of the cluster contract writes: its kind in the journal, whose data, and whether a cluster holds
 * it.
 */
import type { Address } from '../../base/address.js'
import { equalBytes } from '../../base/hex.js'
import type { DecodedCall } from '../../chain/calls.js'
import type { ClusterCall } from '../../chain/chain.js'
import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'
import type { WriteKind } from '../../platform/state/journal-entry.js'

type Call = ClusterCall | DecodedCall

export function writeKindOf(call: Call): WriteKind {
  switch (call.fn) {
    case 'updateNodeOperatorData':
      return 'operator-data'
    case 'addNodeOperator':
      return 'operator-add'
    case 'setMaintenance':
      return call.active ? 'maintenance-enter' : 'maintenance-exit'
    default:
      return 'other'
  }
}

/** The operator whose data a call writes or takes away; null where it is none's. */
export function operatorOf(call: Call): Address | null {
  return 'operator' in call ? call.operator : null
}

/** Why the cluster is not as the call of that account left it; null where it is, byte for byte. */
export function whyNotHeld(call: Call, view: ClusterView, account: Address): string | null {
  switch (call.fn) {
    case 'updateNodeOperatorData':
    case 'addNodeOperator': {
      const slot = findOperator(view, call.operator)
      const held = slot !== null && equalBytes(slot.data, call.data)
      return held ? null : 'another write changed the operator right after this one'
    }
    case 'removeNodeOperator':
      return findOperator(view, call.operator) ? 'the operator was added again in the same block' : null
    case 'setMaintenance':
      return view.maintenance === (call.active ? account : null) ? null : 'the slot has changed hands in the same block'
    case 'updateSettings': {
      const { settings, settingsExtra } = view
      const { maxOperatorDataBytes, minOperators, extra } = call.settings
      const limits = settings.maxOperatorDataBytes === maxOperatorDataBytes && settings.minOperators === minOperators
      return limits && equalBytes(settingsExtra, extra) ? null : 'the settings were changed again in the same block'
    }
    case 'startMigration':
      return view.newKeyspace?.join() === call.slots.join() ? null : 'the migration is over in the same block'
    case 'abortMigration':
      return view.pullingOperators === null ? null : 'another migration was started in the same block'
    case 'acceptOwnership':
      return view.owner === account ? null : 'the ownership was passed on in the same block'
    default:
      return null
  }
}
