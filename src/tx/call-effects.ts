/**
 * What a call would change of a cluster as it is now, and what the network would not have of it (docs/dev/network/contract.md).
 * Whether the contract takes it is not told here: only the contract knows, and it is asked by a simulation.
 */
import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { DecodedCall, EncodedSettings } from '../chain/calls.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../cluster/cluster-view.js'
import { namesAlike } from '../cluster/look-alikes.js'
import { type Change, operatorChanges } from '../cluster/operator-changes.js'
import { readOperatorData, readSettings, settingsDataJson } from './call-arguments.js'

export interface CallEffects {
  readonly changes: readonly Change[]
  readonly warnings: readonly string[]
}

const NOTHING: CallEffects = { changes: [], warnings: [] }

/** `from`: who sends it; null where that is not known. */
export function callEffects(
  call: DecodedCall,
  view: ClusterView,
  key: EncryptionKey | null,
  from: Address | null,
): CallEffects {
  const sender = from ?? 'the sender'
  switch (call.fn) {
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return operatorWrite(call, view, key)
    case 'removeNodeOperator':
      return operatorRemoval(call.operator, view)
    case 'setMaintenance':
      return maintenance(call.active ? sender : null, view)
    case 'updateSettings':
      return settings(call.settings, view)
    case 'startMigration':
      return changing('update', 'keyspace', slotsInWords(view.keyspace), slotsInWords(call.slots))
    case 'abortMigration': {
      const { newKeyspace, migration } = view
      if (newKeyspace === null || migration?.id !== call.id) return NOTHING
      return changing('remove', 'new_keyspace', slotsInWords(newKeyspace), null)
    }
    case 'transferOwnership':
      return call.newOwner === view.owner ? { changes: [], warnings: ['that is the owner already'] } : NOTHING
    case 'acceptOwnership':
      return changing('update', 'owner', view.owner, sender)
    case 'renounceOwnership':
      return changing('remove', 'owner', view.owner, null)
    default:
      return NOTHING
  }
}

function operatorWrite(
  { operator, data }: { readonly operator: Address; readonly data: Uint8Array },
  view: ClusterView,
  key: EncryptionKey | null,
): CallEffects {
  const slot = findOperator(view, operator)
  const name = readOperatorData(data).content?.name
  const named = name !== undefined && name !== slot?.decoded?.name
  return {
    changes: dataChanges(slot, data, key),
    warnings: named ? namesAlike(view.operators, { name, operator }) : [],
  }
}

function dataChanges(slot: OperatorSlot | null, data: Uint8Array, key: EncryptionKey | null): readonly Change[] {
  const { content } = readOperatorData(data)
  const before = slot?.decoded ?? null
  if (content === null || (slot !== null && before === null))
    return [
      {
        op: slot ? 'update' : 'add',
        path: 'data',
        before: slot && `${slot.data.length} bytes${before ? '' : ` that do not decode (${slot.reason})`}`,
        after: `${data.length} bytes${content ? '' : ' that do not decode'}`,
      },
    ]
  const dropped = (before?.trailingBytes ?? 0) - content.trailingBytes
  return [
    ...operatorChanges(before, content, key),
    ...(dropped > 0 ? [{ op: 'remove', path: 'trailing_bytes', before: dropped, after: null } as const] : []),
  ]
}

function operatorRemoval(operator: Address, view: ClusterView): CallEffects {
  const slot = findOperator(view, operator)
  if (slot === null) return NOTHING
  const before = { id: slot.id, name: slot.decoded?.name ?? null }
  const stuck = 'the operator holds the maintenance slot, and could no longer give it back: only the owner could'
  return {
    ...changing('remove', `operators[${slot.slot}]`, before, null),
    warnings: view.maintenance === operator ? [stuck] : [],
  }
}

function maintenance(taker: string | null, view: ClusterView): CallEffects {
  const holder = view.maintenance
  if (taker === null && holder === null)
    return {
      changes: [],
      warnings: ['nobody holds the slot: the contract takes it from the owner, but nodes refuse the event'],
    }
  const odd = 'nodes refuse it while a data migration is in progress, and go on with an old view'
  return {
    ...changing('update', 'maintenance', holder, taker),
    warnings: taker !== null && view.newKeyspace ? [odd] : [],
  }
}

function settings(next: EncodedSettings, view: ClusterView): CallEffects {
  const { maxOperatorDataBytes, minOperators } = view.settings
  const before = settingsDataJson({ maxOperatorDataBytes, minOperators, extra: view.settingsExtra })
  const after = settingsDataJson(next)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const oversized = view.operators.filter(({ data }) => data.length > next.maxOperatorDataBytes)
  const lost = unknownEntries(view.settingsExtra) - unknownEntries(next.extra)
  return {
    changes: names
      .filter((name) => before[name] !== after[name])
      .flatMap((name) => changing('update', `settings.${name}`, before[name] ?? null, after[name] ?? null).changes),
    warnings: [
      ...(oversized.length > 0 ? [`the data of ${oversized.length} operators is longer than that already`] : []),
      ...(lost > 0 ? [`${lost} settings that this version does not know would be lost`] : []),
    ],
  }
}

function unknownEntries(extra: Uint8Array): number {
  return readSettings(extra).content?.unknown.length ?? 0
}

function slotsInWords(slots: readonly number[]): string {
  return `slots ${slots.join(', ') || 'none'}`
}

function changing(op: Change['op'], path: string, before: unknown, after: unknown): CallEffects {
  return { changes: [{ op, path, before, after }], warnings: [] }
}
