/**
 * Reads what getView() returns (docs/dev/network/contract.md, "Interface") word by word: a decoder of any ABI would take
 * longer to load than all of the read.
 */
import type { Hex } from '../../base/hex.js'
import type { RawClusterView } from '../../cluster/cluster-view.js'

const WORD = 32
/** Of the view; what has no fixed size follows. */
const HEAD_WORDS = 14
/** Slots are counted in one byte. */
const MAX_OPERATORS = 256

/** Null for what no cluster contract encodes. */
export function decodeGetView(answer: Hex): RawClusterView | null {
  try {
    return decode(answer)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function decode(answer: Hex): RawClusterView {
  // Offsets may lead many slots to the same bytes: gigabytes of a small answer. Together they hold no more than it has.
  let bytesLeft = answer.length / 2 - 1
  const digitsAt = (at: number, bytes: number) => {
    const digits = answer.slice(2 + 2 * at, 2 + 2 * (at + bytes))
    return sound(digits.length === 2 * bytes, digits)
  }
  const uint = (at: number, bits = 256) => {
    const value = BigInt(`0x${digitsAt(at, WORD)}`)
    return sound(value >> BigInt(bits) === 0n, value)
  }
  const small = (at: number, bits = 32) => Number(uint(at, bits))
  const address = (at: number) => `0x${uint(at, 160).toString(16).padStart(40, '0')}`
  const bytes = (at: number): Hex => {
    const length = small(at)
    bytesLeft -= length
    return sound(bytesLeft >= 0, `0x${digitsAt(at + WORD, length)}` as const)
  }

  const view = sound(small(0) === WORD, WORD)
  const field = (index: number) => view + index * WORD
  const settings = view + sound(small(field(1)) === HEAD_WORDS * WORD, HEAD_WORDS * WORD)
  const slots = view + small(field(4)) + WORD
  const count = small(slots - WORD)
  const operatorAt = (slot: number) => {
    const operator = slots + small(slots + slot * WORD)
    return { addr: address(operator), data: bytes(operator + small(operator + WORD)) }
  }
  const keyspace = (first: number) => ({
    operatorBitmask: uint(field(first)),
    replicationStrategy: small(field(first + 1), 8),
  })
  return {
    owner: address(field(0)),
    settings: {
      maxOperatorDataBytes: small(settings, 16),
      minOperators: small(settings + WORD, 8),
      extra: bytes(settings + small(settings + 2 * WORD)),
    },
    version: uint(field(2), 128),
    keyspaceVersion: uint(field(3), 64),
    operatorSlots: Array.from({ length: sound(count <= MAX_OPERATORS, count) }, (_, slot) => operatorAt(slot)),
    keyspaces: [keyspace(5), keyspace(7)],
    migration: {
      id: uint(field(9), 64),
      startedAt: uint(field(10), 64),
      abortedAt: uint(field(11), 64),
      pullingOperatorBitmask: uint(field(12)),
    },
    maintenanceSlot: address(field(13)),
  }
}

function sound<T>(isSound: boolean, value: T): T {
  if (isSound) return value
  throw new RangeError('no view of a cluster')
}
