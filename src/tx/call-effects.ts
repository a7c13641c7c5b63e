/** What a call would change of a cluster as it is now, and why the contract or the network would not have it (docs/dev/network/contract.md). */
import { type Address, checksumAddress, ZERO_ADDRESS } from '../base/address.js'
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

const MAX_OPERATORS = 256
const OPEN_TO_ALL: readonly DecodedCall['fn'][] = ['read', 'initialize', 'acceptOwnership']
const FOR_OPERATORS: readonly DecodedCall['fn'][] = ['completeMigration', 'setMaintenance', 'updateNodeOperatorData']

/** `from`: who sends it; null where that is not known. */
export function callEffects(
  call: DecodedCall,
  view: ClusterView,
  key: EncryptionKey | null,
  from: Address | null,
): CallEffects {
  const { changes, warnings } = effects(call, view, key, from)
  return { changes, warnings: [...permission(call, view, from), ...warnings] }
}

function effects(call: DecodedCall, view: ClusterView, key: EncryptionKey | null, from: Address | null): CallEffects {
  switch (call.fn) {
    case 'initialize':
      return refused([], 'the cluster is founded already')
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return operatorWrite(call, view, key)
    case 'removeNodeOperator':
      return operatorRemoval(call.operator, view)
    case 'setMaintenance':
      return maintenance(call.active, view, from)
    case 'updateSettings':
      return settings(call.settings, view)
    case 'startMigration':
      return migrationStart(call.slots, view)
    case 'completeMigration':
    case 'abortMigration':
      return migrationEnd(call, view)
    case 'transferOwnership':
      return call.newOwner === view.owner ? { changes: [], warnings: ['that is the owner already'] } : NOTHING
    case 'acceptOwnership':
      return changing({ op: 'update', path: 'owner', before: view.owner, after: from ?? SENDER })
    case 'renounceOwnership':
      return changing({ op: 'remove', path: 'owner', before: view.owner, after: null })
    case 'upgradeToAndCall':
    case 'read':
      return NOTHING
  }
}

const NOTHING: CallEffects = { changes: [], warnings: [] }
const SENDER = 'the sender'

function permission(call: DecodedCall, view: ClusterView, from: Address | null): readonly string[] {
  if (from === null || from === view.owner || OPEN_TO_ALL.includes(call.fn)) return []
  const own = call.fn === 'updateNodeOperatorData' ? call.operator === from : findOperator(view, from) !== null
  if (FOR_OPERATORS.includes(call.fn) && own) return []
  return [`the contract would refuse it: ${checksumAddress(from)} may not do this`]
}

function operatorWrite(
  call: { readonly fn: string; readonly operator: Address; readonly data: Uint8Array },
  view: ClusterView,
  key: EncryptionKey | null,
): CallEffects {
  const { operator, data } = call
  const slot = findOperator(view, operator)
  const adds = call.fn === 'addNodeOperator'
  const name = readOperatorData(data).content?.name
  const named = name !== undefined && name !== slot?.decoded?.name
  return {
    changes: dataChanges(slot, data, key),
    warnings: [
      ...(named ? namesAlike(view.operators, { name, operator }) : []),
      ...refusals([
        [adds && slot !== null, 'that is an operator of this cluster already'],
        [adds && operator === ZERO_ADDRESS, 'the zero address cannot be an operator'],
        [adds && view.operators.length >= MAX_OPERATORS, 'the cluster has no free slot'],
        [!adds && slot === null, 'that is no operator of this cluster'],
        [data.length === 0, 'the data is empty'],
      ]),
    ],
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
  if (slot === null) return refused([], 'that is no operator of this cluster')
  const {
    operators,
    keyspace,
    newKeyspace,
    settings: { minOperators },
  } = view
  const before = { id: slot.id, name: slot.decoded?.name ?? null }
  const stores = keyspace.includes(slot.slot) || (newKeyspace?.includes(slot.slot) ?? false)
  return {
    changes: [{ op: 'remove', path: `operators[${slot.slot}]`, before, after: null }],
    warnings: [
      ...refusals([
        [operators.length <= minOperators, `the cluster keeps at least ${minOperators} operators`],
        [stores, 'the operator stores data of the keyspace'],
      ]),
      ...(view.maintenance === operator
        ? ['the operator holds the maintenance slot, and could no longer give it back: only the owner could']
        : []),
    ],
  }
}

function maintenance(active: boolean, view: ClusterView, from: Address | null): CallEffects {
  const holder = view.maintenance
  if (active)
    return {
      changes: [{ op: 'update', path: 'maintenance', before: holder, after: from ?? SENDER }],
      warnings: [
        ...refusals([[holder !== null, `${holder} holds the maintenance slot`]]),
        ...(view.newKeyspace
          ? ['nodes refuse it while a data migration is in progress, and go on with an old view']
          : []),
      ],
    }
  if (holder === null)
    return {
      changes: [],
      warnings: ['nobody holds the slot: the contract takes it from the owner, but nodes refuse the event'],
    }
  const stranger = from !== null && from !== holder && from !== view.owner
  return {
    changes: [{ op: 'update', path: 'maintenance', before: holder, after: null }],
    warnings: refusals([[stranger, `${holder} holds the maintenance slot`]]),
  }
}

function settings(next: EncodedSettings, view: ClusterView): CallEffects {
  const { maxOperatorDataBytes, minOperators } = view.settings
  const before = settingsDataJson({ maxOperatorDataBytes, minOperators, extra: view.settingsExtra })
  const after = settingsDataJson(next)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const value = (from: Readonly<Record<string, unknown>>, name: string) => from[name] ?? null
  const changes = names
    .filter((name) => value(before, name) !== value(after, name))
    .map((name): Change => {
      return { op: 'update', path: `settings.${name}`, before: value(before, name), after: value(after, name) }
    })
  const oversized = view.operators.filter(({ data }) => data.length > next.maxOperatorDataBytes)
  const lost = unknownEntries(view.settingsExtra) - unknownEntries(next.extra)
  return {
    changes,
    warnings: [
      ...refusals([
        [view.operators.length < next.minOperators, `the cluster has ${view.operators.length} operators only`],
      ]),
      ...(oversized.length > 0 ? [`the data of ${oversized.length} operators is longer than that already`] : []),
      ...(lost > 0 ? [`${lost} settings that this version does not know would be lost`] : []),
    ],
  }
}

function unknownEntries(extra: Uint8Array): number {
  return readSettings(extra).content?.unknown.length ?? 0
}

function migrationStart(slots: readonly number[], view: ClusterView): CallEffects {
  const occupied = new Set(view.operators.map(({ slot }) => slot))
  const empty = slots.filter((slot) => !occupied.has(slot))
  const { minOperators } = view.settings
  return {
    changes: [{ op: 'update', path: 'keyspace', before: slotsInWords(view.keyspace), after: slotsInWords(slots) }],
    warnings: refusals([
      [view.maintenance !== null, `${view.maintenance} holds the maintenance slot`],
      [view.newKeyspace !== null, 'a data migration is in progress'],
      [slots.length < minOperators, `a keyspace has at least ${minOperators} operators`],
      [empty.length > 0, `there is no operator in slots ${empty.join(', ')}`],
      [slots.join() === view.keyspace.join(), 'that is the keyspace already'],
    ]),
  }
}

function migrationEnd(call: { readonly fn: string; readonly id: bigint }, view: ClusterView): CallEffects {
  const running = view.newKeyspace ? (view.migration?.id ?? null) : null
  const ends = call.fn === 'abortMigration' && running === call.id
  const before = slotsInWords(view.newKeyspace ?? [])
  return {
    changes: ends ? [{ op: 'remove', path: 'new_keyspace', before, after: null }] : [],
    warnings: refusals([
      [running === null, 'no data migration is in progress'],
      [running !== null && running !== call.id, `data migration ${running} is in progress`],
    ]),
  }
}

function slotsInWords(slots: readonly number[]): string {
  return `slots ${slots.join(', ') || 'none'}`
}

function changing(...changes: readonly Change[]): CallEffects {
  return { changes, warnings: [] }
}

function refused(changes: readonly Change[], why: string): CallEffects {
  return { changes, warnings: refusals([[true, why]]) }
}

function refusals(rules: readonly (readonly [applies: boolean, why: string])[]): readonly string[] {
  return rules.flatMap(([applies, why]) => (applies ? [`the contract would refuse it: ${why}`] : []))
}
