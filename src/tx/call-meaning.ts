/**
 * What each function of the cluster contract does (docs/dev/network/contract.md): in words, as data, what it would change
 * now, and what speaks against it whatever the contract says. Whether the contract takes it is not told here: only the
 * contract knows, and it is asked by a simulation.
 */

import { type Address, checksumAddress, ZERO_ADDRESS } from '../base/address.js'
import { counted } from '../base/counted.js'
import { bytesToHex } from '../base/hex.js'
import { jsonInteger } from '../base/snake-json.js'
import type { DecodedCall } from '../chain/calls.js'
import { type ClusterView, findOperator } from '../cluster/cluster-view.js'
import {
  dataEffects,
  dataInWords,
  dataWarnings,
  operatorInWords,
  operatorJson,
  type Reviewer,
} from './call-operator-data.js'
import { type CallEffects, changing, listed } from './call-parts.js'
import { settingsEffects, settingsInWords, settingsJson, settingsWarnings } from './call-settings.js'

/** What the network's own code demands of a keyspace. */
const MIN_KEYSPACE = 5

/** Names in texts are untrusted. */
interface CallMeaning {
  /** What it does to what, in one line. */
  readonly words: string
  /** What it brings, a line each. */
  readonly details?: readonly string[]
  readonly json?: Readonly<Record<string, unknown>>
  readonly warnings?: readonly string[]
  /** What it would do to a cluster as it is now; null: nothing. */
  readonly effects?: (view: ClusterView) => CallEffects | null
}

/** `view`: the cluster it goes to, as it is now; null where that is not known. `from`: likewise, who sends it. */
export function callMeaning(
  call: DecodedCall,
  view: ClusterView | null,
  reviewer: Reviewer,
  from: Address | null,
): CallMeaning {
  const { key } = reviewer
  const sender = from ?? 'the sender'
  switch (call.fn) {
    case 'initialize': {
      const operators = call.operators.map(({ id, data }) => ({ fn: 'addNodeOperator', operator: id, data }) as const)
      return {
        words: `found a cluster of ${counted(operators.length, 'operator')}`,
        details: [
          ...settingsInWords(call.settings),
          ...operators.flatMap(({ operator, data }) => [
            `operator ${checksumAddress(operator)}`,
            ...dataInWords(data, key).map((line) => `  ${line}`),
          ]),
        ],
        json: {
          settings: settingsJson(call.settings),
          operators: operators.map((operator) => operatorJson(operator, key)),
        },
        warnings: [
          ...settingsWarnings(call.settings),
          ...operators.flatMap((one) =>
            dataWarnings(one, null, reviewer).map((warning) => `operator ${one.operator}: ${warning}`),
          ),
        ],
      }
    }
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return {
        words: `${call.fn === 'addNodeOperator' ? 'add' : 'replace all data of'} ${operatorInWords(call)}`,
        details: dataInWords(call.data, key),
        json: operatorJson(call, key),
        warnings: dataWarnings(call, view, reviewer),
        effects: (now) => dataEffects(call, now, key),
      }
    case 'removeNodeOperator':
      return {
        words: `remove operator ${checksumAddress(call.operator)} from the cluster`,
        json: { operator: call.operator },
        effects: (now) => removal(call.operator, now),
      }
    case 'setMaintenance':
      return {
        words: call.active ? 'take the maintenance slot for the sender' : 'free the maintenance slot',
        json: { active: call.active },
        effects: (now) => maintenance(call.active ? sender : null, now),
      }
    case 'updateSettings':
      return {
        words: "replace the cluster's settings",
        details: settingsInWords(call.settings),
        json: { settings: settingsJson(call.settings) },
        warnings: settingsWarnings(call.settings),
        effects: (now) => settingsEffects(call.settings, now),
      }
    case 'startMigration': {
      const { slots, replicationStrategy } = call
      return {
        words: `start a data migration to the keyspace of ${counted(slots.length, 'operator')}: slots ${listed(slots)}`,
        json: { keyspace: slots, replication_strategy: replicationStrategy },
        warnings: keyspaceWarnings(slots.length, replicationStrategy),
        effects: (now) => changing('update', 'keyspace', slotsInWords(now.keyspace), slotsInWords(slots)),
      }
    }
    case 'completeMigration':
      return {
        words: `say that the sender has pulled its data in migration ${call.id}`,
        json: { id: jsonInteger(call.id) },
      }
    case 'abortMigration':
      return {
        words: `abort data migration ${call.id}`,
        json: { id: jsonInteger(call.id) },
        effects: ({ newKeyspace, migration }) =>
          newKeyspace !== null && migration?.id === call.id
            ? changing('remove', 'new_keyspace', slotsInWords(newKeyspace), null)
            : null,
      }
    case 'transferOwnership': {
      const isTakenBack = call.newOwner === ZERO_ADDRESS
      const owner = checksumAddress(call.newOwner)
      return {
        words: isTakenBack
          ? "take back the offer of the cluster's ownership, if one was made"
          : `offer the cluster's ownership to ${owner}, who becomes the owner by accepting it`,
        json: { new_owner: call.newOwner },
        warnings: isTakenBack ? [] : ['the owner of a cluster decides about all of its operators, and about its code'],
        effects: (now) =>
          call.newOwner === now.owner ? { changes: [], warnings: ['that is the owner already'] } : null,
      }
    }
    case 'acceptOwnership':
      return {
        words: "make the sender the cluster's owner, to whom that was offered",
        effects: (now) => changing('update', 'owner', now.owner, sender),
      }
    case 'renounceOwnership':
      return {
        words: 'leave the cluster without an owner for ever',
        warnings: [
          'THIS CANNOT BE UNDONE: nobody could add or remove an operator or start a data migration ever again',
        ],
        effects: (now) => changing('remove', 'owner', now.owner, null),
      }
    case 'upgradeToAndCall': {
      const { implementation, data } = call
      return {
        words: `replace the contract's code by that of ${checksumAddress(implementation)}`,
        details: data.length === 0 ? [] : [`and then call it with ${counted(data.length, 'byte')}`],
        json: { implementation, data: bytesToHex(data) },
        warnings: [
          "THIS REPLACES THE CONTRACT'S CODE: the new one decides about everything, who the owner is included",
        ],
      }
    }
    case 'read':
      return { words: `only read (${call.signature})`, warnings: ['sending it changes nothing and costs gas'] }
  }
}

function removal(operator: Address, view: ClusterView): CallEffects | null {
  const slot = findOperator(view, operator)
  if (slot === null) return null
  const before = { id: slot.id, name: slot.decoded?.name ?? null }
  const stuck = 'the operator holds the maintenance slot, and could no longer give it back: only the owner could'
  return {
    ...changing('remove', `operators[${slot.slot}]`, before, null),
    warnings: view.maintenance === operator ? [stuck] : [],
  }
}

function maintenance(taker: string | null, view: ClusterView): CallEffects {
  const holder = view.maintenance
  const idle = 'nobody holds the slot: the contract takes it from the owner, but nodes refuse the event'
  if (taker === null && holder === null) return { changes: [], warnings: [idle] }
  const odd = 'nodes refuse it while a data migration is in progress, and go on with an old view'
  return {
    ...changing('update', 'maintenance', holder, taker),
    warnings: taker !== null && view.newKeyspace ? [odd] : [],
  }
}

function keyspaceWarnings(operators: number, strategy: number): readonly string[] {
  const stops = 'THIS STOPS EVERY NODE AND TOOL:'
  return [
    ...(operators < MIN_KEYSPACE
      ? [`${stops} a keyspace needs ${MIN_KEYSPACE} operators, and this one has ${operators}`]
      : []),
    ...(strategy === 0 ? [] : [`${stops} replication strategy ${strategy} is unknown to the network`]),
  ]
}

function slotsInWords(slots: readonly number[]): string {
  return `slots ${listed(slots)}`
}
