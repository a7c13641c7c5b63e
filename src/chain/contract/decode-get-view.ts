/**
 * Decodes what getView() returns. Addresses are read as numbers: the decoder would give each its EIP-55 checksum, and
 * hashing them all takes longer than the rest of a read.
 */
import { decodeFunctionResult } from 'viem'
import { ZERO_ADDRESS } from '../../base/address.js'
import type { Hex } from '../../base/hex.js'
import type { RawClusterView } from '../../cluster/cluster-view.js'
import { GET_VIEW_ABI } from './cluster-abi.js'

/** Offset of the view, owner, offset of the settings, which follow the 14 words of the view's head. */
const VIEW_LAYOUT = /^0x0{62}20.{64}0{61}1c0/

const WORD = 32
/** Where the view's head begins, and the fields that lead elsewhere: of the view, its settings, and an operator slot. */
const VIEW = WORD
const SLOTS_FIELD = 4
const EXTRA_FIELD = 2
const DATA_FIELD = 1
/** Slots are counted in one byte (docs/dev/network/contract.md). */
const MAX_OPERATORS = 256

/** Null for what no cluster contract encodes: the decoder alone would take zeros for a cluster without operators. */
export function decodeGetView(answer: Hex): RawClusterView | null {
  if (!VIEW_LAYOUT.test(answer) || !isBounded(answer)) return null
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

/**
 * Offsets may lead many slots to the same bytes, each of which the decoder would copy: gigabytes of a small answer. No
 * contract encodes that: what its parts say they hold is no more than the answer.
 */
function isBounded(answer: Hex): boolean {
  const bytes = answer.length / 2 - 1
  const word = (at: number) => {
    const digits = answer.slice(2 * at + 2, 2 * at + 66)
    return digits.length === 64 ? Number(`0x${digits}`) : Infinity
  }
  const lengthAt = (tuple: number, field: number) => word(tuple + word(tuple + field * WORD))
  const slots = VIEW + word(VIEW + SLOTS_FIELD * WORD) + WORD
  const count = word(slots - WORD)
  if (count > MAX_OPERATORS) return false
  let held = lengthAt(VIEW + word(VIEW + WORD), EXTRA_FIELD)
  for (let i = 0; i < count; i++) held += lengthAt(slots + word(slots + i * WORD), DATA_FIELD)
  return held <= bytes
}

/** The decoder hands out whole words, whatever the type says. */
function address(value: bigint): string {
  if (value >> 160n !== 0n) throw new RangeError('an address has 20 bytes')
  return `0x${value.toString(16).padStart(ZERO_ADDRESS.length - 2, '0')}`
}
