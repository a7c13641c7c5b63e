/** Reads one event of the cluster contract (docs/dev/network/contract.md, "Interface"). A provider may say anything: what makes no sense is null. */
import { type DecodeEventLogReturnType, decodeEventLog } from 'viem'
import { type Address, parseAddress } from '../base/address.js'
import { type Hex, hexToBytes } from '../base/hex.js'
import type { EventMeaning } from '../cluster/cluster-event.js'
import { slotsOf } from '../cluster/cluster-view.js'
import { CLUSTER_ABI } from './contract/cluster-abi.js'

type Decoded = DecodeEventLogReturnType<typeof CLUSTER_ABI, undefined, Hex[], Hex, true>

/** `version`: the cluster's, which the event carries; null where it carries none. */
export function decodeEvent(topics: readonly Hex[], data: Hex) {
  try {
    const [signature, ...rest] = topics
    if (signature === undefined) return null
    const event = decodeEventLog({ abi: CLUSTER_ABI, topics: [signature, ...rest], data, strict: true })
    return { version: versionOf(event), meaning: meaningOf(event) }
  } catch {
    // The decoder has an error for each way in which bytes make no sense.
    return null
  }
}

/** That of `Initialized` is the code's, not the cluster's. */
function versionOf(event: Decoded): bigint | null {
  return event.eventName !== 'Initialized' && 'version' in event.args ? event.args.version : null
}

function meaningOf(event: Decoded): EventMeaning {
  switch (event.eventName) {
    case 'ClusterInitialized':
      return {
        kind: 'cluster-initialized',
        operators: event.args.operators.map(({ addr, data }) => ({ id: address(addr), data: hexToBytes(data) })),
      }
    case 'NodeOperatorAdded':
    case 'NodeOperatorUpdated': {
      const { operator, slot, operatorData } = event.args
      const kind = event.eventName === 'NodeOperatorAdded' ? 'operator-added' : 'operator-updated'
      return { kind, operator: address(operator), slot, data: hexToBytes(operatorData) }
    }
    case 'NodeOperatorRemoved':
      return { kind: 'operator-removed', operator: address(event.args.operator), slot: event.args.slot }
    case 'MigrationStarted': {
      const { id, newKeyspace, keyspaceVersion } = event.args
      return { kind: 'migration-started', id, slots: slotsOf(newKeyspace.operatorBitmask), keyspaceVersion }
    }
    case 'MigrationDataPullCompleted':
      return { kind: 'data-pulled', id: event.args.id, operator: address(event.args.operator) }
    case 'MigrationCompleted':
      return { kind: 'migration-completed', id: event.args.id, operator: address(event.args.operator) }
    case 'MigrationAborted':
      return { kind: 'migration-aborted', id: event.args.id }
    case 'MaintenanceToggled': {
      const kind = event.args.active ? 'maintenance-entered' : 'maintenance-left'
      return { kind, operator: address(event.args.operator) }
    }
    case 'SettingsUpdated': {
      const { newSettings, updatedBy } = event.args
      const settings = { ...newSettings, extra: hexToBytes(newSettings.extra) }
      return { kind: 'settings-updated', by: address(updatedBy), settings }
    }
    case 'OwnershipTransferStarted':
    case 'OwnershipTransferred': {
      const { previousOwner: from, newOwner: to } = event.args
      const kind = event.eventName === 'OwnershipTransferred' ? 'ownership-transferred' : 'ownership-offered'
      return { kind, from: address(from), to: address(to) }
    }
    case 'Upgraded':
      return { kind: 'upgraded', implementation: address(event.args.implementation) }
    case 'Initialized':
      return { kind: 'initialized' }
  }
}

function address(text: string): Address {
  return parseAddress(text.toLowerCase(), 'an event')
}
