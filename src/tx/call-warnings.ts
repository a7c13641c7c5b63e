/** What speaks against a call whatever the contract says: told to those who must approve it, or a reason to refuse it. */
import { ZERO_ADDRESS } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { DecodedCall, EncodedSettings } from '../chain/calls.js'
import { type ClusterView, findOperator } from '../cluster/cluster-view.js'
import { writeFaults } from '../cluster/judge-write.js'
import { type Allowances, freshNodes, type OperatorWrite } from '../cluster/judged-write.js'
import type { WcnError } from '../errors/wcn-error.js'
import { readOperatorData, readSettings } from './call-arguments.js'

/** What the network's own code demands of a keyspace. */
const MIN_KEYSPACE = 5

export interface Reviewer {
  readonly key: EncryptionKey | null
  readonly allowed: Allowances
}

/** `view`: the cluster it goes to, as it is now; null where that is not known. */
export function callWarnings(call: DecodedCall, view: ClusterView | null, reviewer: Reviewer): readonly string[] {
  const encoding = call.canonical
    ? []
    : ['it is not encoded as tools do it: the contract may refuse it, or read something else in it']
  return [...encoding, ...contentWarnings(call, view, reviewer)]
}

/** What the rules for operator data say of a call that brings some. */
export function callFaults(call: DecodedCall, view: ClusterView | null, reviewer: Reviewer): readonly WcnError[] {
  const write = writeOf(call, view, reviewer)
  return write ? writeFaults(write) : []
}

/** Null where it writes no data of an operator, or none that can be read. */
function writeOf(call: DecodedCall, view: ClusterView | null, reviewer: Reviewer): OperatorWrite | null {
  if (call.fn !== 'addNodeOperator' && call.fn !== 'updateNodeOperatorData') return null
  const slot = view && call.fn === 'updateNodeOperatorData' ? findOperator(view, call.operator) : null
  const maxDataBytes = view?.settings.maxOperatorDataBytes ?? null
  const after = readOperatorData(call.data).content
  return after && { slot, after, bytes: call.data, maxDataBytes, ...reviewer }
}

function contentWarnings(call: DecodedCall, view: ClusterView | null, reviewer: Reviewer): readonly string[] {
  switch (call.fn) {
    case 'initialize':
      return [
        ...settingsWarnings(call.settings),
        ...call.operators.flatMap(({ id, data }) => {
          const { signature, canonical } = call
          const added = { fn: 'addNodeOperator', operator: id, data, signature, canonical } as const
          return dataWarnings(added, null, reviewer).map((warning) => `operator ${id}: ${warning}`)
        }),
      ]
    case 'addNodeOperator':
    case 'updateNodeOperatorData':
      return dataWarnings(call, view, reviewer)
    case 'updateSettings':
      return settingsWarnings(call.settings)
    case 'startMigration':
      return keyspaceWarnings(call)
    case 'transferOwnership':
      return call.newOwner === ZERO_ADDRESS
        ? []
        : ['the owner of a cluster decides about all of its operators, and about its code']
    case 'renounceOwnership':
      return ['THIS CANNOT BE UNDONE: nobody could add or remove an operator or start a data migration ever again']
    case 'upgradeToAndCall':
      return ["THIS REPLACES THE CONTRACT'S CODE: the new one decides about everything, who the owner is included"]
    case 'read':
      return ['sending it changes nothing and costs gas']
    default:
      return []
  }
}

type DataCall = Extract<DecodedCall, { fn: 'addNodeOperator' | 'updateNodeOperatorData' }>

function dataWarnings(call: DataCall, view: ClusterView | null, reviewer: Reviewer): readonly string[] {
  const write = writeOf(call, view, reviewer)
  if (write === null) return [`THE NETWORK COULD NOT READ THIS DATA: ${readOperatorData(call.data).reason}`]
  const { slot, after, key } = write
  const unseen = key === null && freshNodes(slot?.decoded?.nodes ?? [], after.nodes).length > 0
  return [
    ...writeFaults(write).map(({ message }) => message),
    ...(unseen ? ['the addresses in it are encrypted, and without the encryption key they were not checked'] : []),
  ]
}

function settingsWarnings({ extra }: EncodedSettings): readonly string[] {
  const { content, reason } = readSettings(extra)
  return content?.warnings ?? [`THIS STOPS EVERY NODE AND TOOL: the network could not read these settings: ${reason}`]
}

function keyspaceWarnings({
  slots,
  replicationStrategy,
}: Extract<DecodedCall, { fn: 'startMigration' }>): readonly string[] {
  const few = `THIS STOPS EVERY NODE AND TOOL: a keyspace needs ${MIN_KEYSPACE} operators, and this one has ${slots.length}`
  const strategy = `THIS STOPS EVERY NODE AND TOOL: replication strategy ${replicationStrategy} is unknown to the network`
  return [...(slots.length < MIN_KEYSPACE ? [few] : []), ...(replicationStrategy === 0 ? [] : [strategy])]
}
