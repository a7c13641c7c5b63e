/**
 * Calls of the cluster contract as bytes (docs/dev/network/contract.md): made, and read back into what they say. Whoever
 * made what is read back is not trusted: any text will do.
 */
import {
  type DecodeFunctionDataReturnType,
  decodeFunctionData,
  encodeFunctionData,
  toFunctionSelector,
  toFunctionSignature,
} from 'viem'
import { type Address, parseAddress } from '../base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../base/hex.js'
import { slotsOf } from '../cluster/cluster-view.js'
import type { ClusterCall, StoredSettings } from './chain.js'
import { CLUSTER_ABI } from './contract/cluster-abi.js'
import type { TransactionRequest } from './transaction.js'

const FUNCTIONS = CLUSTER_ABI.filter((item) => item.type === 'function')
const SELECTOR_LENGTH = '0x01020304'.length

export type CallDecoder = typeof callDecoder
/** `canonical`: encoded as every tool does. The contract may refuse, or read differently, what is not. */
export type DecodedCall = NonNullable<ReturnType<CallDecoder['decode']>>

export function encodeCall(contract: Address, call: ClusterCall): TransactionRequest {
  return { to: contract, data: callData(call) }
}

function callData(call: ClusterCall): Hex {
  // The two belong together, which the encoder's types can't follow for a function that is not known beforehand.
  const named = { abi: CLUSTER_ABI, functionName: call.fn, args: argumentsOf(call) }
  return encodeFunctionData(named as unknown as Parameters<typeof encodeFunctionData>[0])
}

function argumentsOf(call: ClusterCall): readonly unknown[] {
  switch (call.fn) {
    case 'updateNodeOperatorData':
      return [call.operator, bytesToHex(call.data)]
    case 'addNodeOperator':
      return [{ addr: call.operator, data: bytesToHex(call.data) }]
    case 'removeNodeOperator':
      return [call.operator]
    case 'setMaintenance':
      return [call.active]
    case 'updateSettings':
      return [{ ...call.settings, extra: bytesToHex(call.settings.extra) }]
    case 'startMigration':
      return [{ operatorBitmask: bitmaskOf(call.slots), replicationStrategy: 0 }]
    case 'completeMigration':
    case 'abortMigration':
      return [call.id]
    case 'transferOwnership':
      return [call.newOwner]
    case 'acceptOwnership':
      return []
  }
}

function bitmaskOf(slots: readonly number[]): bigint {
  return slots.reduce((mask, slot) => mask | (1n << BigInt(slot)), 0n)
}

export const callDecoder = {
  /** Null where the bytes are no call of a function that a cluster contract has, or its arguments don't decode. */
  decode(text: string) {
    const data = text.toLowerCase() as Hex
    const item = selected(data)
    if (!item || data.length % 2 !== 0 || !/^0x[0-9a-f]*$/.test(data)) return null
    try {
      const call = decodeFunctionData({ abi: CLUSTER_ABI, data })
      // Which arguments belong to which function is known to be right: both come from one decoding.
      const again = encodeFunctionData({ abi: CLUSTER_ABI, ...call } as Parameters<typeof encodeFunctionData>[0])
      return { ...meaningOf(call), signature: toFunctionSignature(item), canonical: again === data }
    } catch {
      // The decoder has an error for each way in which bytes make no sense.
      return null
    }
  },
  /** The function that the bytes select, such as `setMaintenance(bool)`, whatever follows; null for an unknown one. */
  functionOf(text: string): string | null {
    const item = selected(text.toLowerCase())
    return item ? toFunctionSignature(item) : null
  },
}

function selected(data: string) {
  const selector = data.slice(0, SELECTOR_LENGTH)
  return FUNCTIONS.find((item) => toFunctionSelector(item) === selector)
}

/** `data` is an operator's data as it is stored; it may be anything. */
function meaningOf(call: DecodeFunctionDataReturnType<typeof CLUSTER_ABI>) {
  switch (call.functionName) {
    case 'initialize': {
      const [settings, operators] = call.args
      return {
        fn: call.functionName,
        settings: storedSettings(settings),
        operators: operators.map(({ addr, data }) => ({ id: address(addr), data: hexToBytes(data) })),
      }
    }
    case 'startMigration': {
      const [{ operatorBitmask, replicationStrategy }] = call.args
      return { fn: call.functionName, slots: slotsOf(operatorBitmask), replicationStrategy }
    }
    case 'completeMigration':
    case 'abortMigration':
      return { fn: call.functionName, id: call.args[0] }
    case 'addNodeOperator':
      return { fn: call.functionName, operator: address(call.args[0].addr), data: hexToBytes(call.args[0].data) }
    case 'updateNodeOperatorData':
      return { fn: call.functionName, operator: address(call.args[0]), data: hexToBytes(call.args[1]) }
    case 'removeNodeOperator':
      return { fn: call.functionName, operator: address(call.args[0]) }
    case 'setMaintenance':
      return { fn: call.functionName, active: call.args[0] }
    case 'updateSettings':
      return { fn: call.functionName, settings: storedSettings(call.args[0]) }
    case 'transferOwnership':
      return { fn: call.functionName, newOwner: address(call.args[0]) }
    case 'acceptOwnership':
    case 'renounceOwnership':
      return { fn: call.functionName }
    case 'upgradeToAndCall':
      return { fn: call.functionName, implementation: address(call.args[0]), data: hexToBytes(call.args[1]) }
    default:
      return { fn: 'read' as const }
  }
}

function storedSettings({ extra, ...limits }: Omit<StoredSettings, 'extra'> & { extra: Hex }): StoredSettings {
  return { ...limits, extra: hexToBytes(extra) }
}

function address(text: string): Address {
  return parseAddress(text, 'the calldata')
}
