/** Calldata of the cluster contract, read back into what it says. Whoever made it is not trusted: any bytes will do. */
import { decodeFunctionData, encodeFunctionData, toFunctionSelector, toFunctionSignature } from 'viem'
import { parseAddress } from '../../base/address.js'
import { type Hex, hexToBytes } from '../../base/hex.js'
import type { CallDecoder, DecodedCall, EncodedSettings } from '../calls.js'
import { FULL_ABI } from './full-abi.js'

const BY_SELECTOR: ReadonlyMap<string, (typeof FULL_ABI)[number]> = new Map(
  FULL_ABI.map((item) => [toFunctionSelector(item), item]),
)
const SELECTOR_LENGTH = '0x01020304'.length

export const callDecoder: CallDecoder = {
  decode(data) {
    const hex = data.toLowerCase() as Hex
    const item = BY_SELECTOR.get(hex.slice(0, SELECTOR_LENGTH))
    if (!item || hex.length % 2 !== 0 || !/^0x[0-9a-f]*$/.test(hex)) return null
    try {
      const call = contractCall(hex)
      return { ...call, signature: toFunctionSignature(item), canonical: encodedAgain(hex) === hex }
    } catch {
      // The decoder has an error for each way in which bytes make no sense.
      return null
    }
  },
  functionOf(data) {
    const item = BY_SELECTOR.get(data.slice(0, SELECTOR_LENGTH).toLowerCase())
    return item ? toFunctionSignature(item) : null
  },
}

function encodedAgain(data: Hex): Hex {
  const { functionName, args } = decodeFunctionData({ abi: FULL_ABI, data })
  // Which arguments belong to which function is known to be right: both come from one decoding.
  return encodeFunctionData({ abi: FULL_ABI, functionName, args } as Parameters<typeof encodeFunctionData>[0])
}

type Distributed<T> = T extends unknown ? Omit<T, 'signature' | 'canonical'> : never

function contractCall(data: Hex): Distributed<DecodedCall> {
  const call = decodeFunctionData({ abi: FULL_ABI, data })
  switch (call.functionName) {
    case 'initialize': {
      const [settings, operators] = call.args
      return {
        fn: call.functionName,
        settings: encodedSettings(settings),
        operators: operators.map(({ addr, data: blob }) => ({ id: address(addr), data: hexToBytes(blob) })),
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
      return { fn: call.functionName, settings: encodedSettings(call.args[0]) }
    case 'transferOwnership':
      return { fn: call.functionName, newOwner: address(call.args[0]) }
    case 'acceptOwnership':
    case 'renounceOwnership':
      return { fn: call.functionName }
    case 'upgradeToAndCall':
      return { fn: call.functionName, implementation: address(call.args[0]), data: hexToBytes(call.args[1]) }
    default:
      return { fn: 'read' }
  }
}

function encodedSettings(settings: {
  readonly maxOperatorDataBytes: number
  readonly minOperators: number
  readonly extra: Hex
}): EncodedSettings {
  return { ...settings, extra: hexToBytes(settings.extra) }
}

function address(text: string) {
  return parseAddress(text, 'the calldata')
}

/** Positions of the 1 bits, lowest first. */
function slotsOf(bitmask: bigint): readonly number[] {
  return [...bitmask.toString(2)].reverse().flatMap((bit, slot) => (bit === '1' ? [slot] : []))
}
