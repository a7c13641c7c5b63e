/**
 * Decodes what getView() returns. Addresses are read as numbers: the decoder would give each its EIP-55 checksum, and
 * hashing them all takes longer than the rest of a read.
 */
import { decodeFunctionResult } from 'viem'
import { ZERO_ADDRESS } from '../../core/address.js'
import type { RawClusterView } from '../../core/cluster/cluster-view.js'
import type { Hex } from '../../core/hex.js'
import { GET_VIEW_ABI } from './cluster-abi.js'

/** Offset of the view, owner, offset of the settings, which follow the 14 words of the view's head. */
const VIEW_LAYOUT = /^0x0{62}20.{64}0{61}1c0/

/** Null for what no cluster contract encodes: the decoder alone would take zeros for a cluster without operators. */
export function decodeGetView(answer: Hex): RawClusterView | null {
  if (!VIEW_LAYOUT.test(answer)) return null
  try {
    const view = decodeFunctionResult({ abi: GET_VIEW_ABI, functionName: 'getView', data: answer })
    return {
      ...view,
      owner: address(view.owner),
      operatorSlots: view.operatorSlots.map(({ addr, data }) => ({ addr: address(addr), data })),
      maintenanceSlot: address(view.maintenanceSlot),
    }
  } catch {
    return null
  }
}

/** The decoder hands out whole words, whatever the type says. */
function address(value: bigint): string {
  if (value >> 160n !== 0n) throw new RangeError('an address has 20 bytes')
  return `0x${value.toString(16).padStart(ZERO_ADDRESS.length - 2, '0')}`
}
