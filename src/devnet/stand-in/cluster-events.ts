/** What a node's `Cluster2` API tells on RPC 1 of a log of the contract: the event's name, whom it is about, and the version. */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, type Hex } from '../../base/hex.js'
import { isRecord } from '../../base/is-record.js'

/** By their signatures: names of what is indexed, and how many words of data come before the version. */
const EVENTS = new Map(
  (
    [
      ['MigrationStarted(uint64,(uint256,uint8),uint64,uint128)', ['id'], 3],
      ['MigrationDataPullCompleted(uint64,address,uint128)', ['id', 'operator'], 0],
      ['MigrationCompleted(uint64,address,uint128)', ['id', 'operator'], 0],
      ['MigrationAborted(uint64,uint128)', ['id'], 0],
      ['NodeOperatorAdded(address,uint8,bytes,uint128)', ['operator', 'slot'], 1],
      ['NodeOperatorUpdated(address,uint8,bytes,uint128)', ['operator', 'slot'], 1],
      ['NodeOperatorRemoved(address,uint8,uint128)', ['operator', 'slot'], 0],
      ['MaintenanceToggled(address,bool,uint128)', ['operator'], 1],
      ['SettingsUpdated((uint16,uint8,bytes),address,uint128)', ['operator'], 1],
    ] as const
  ).map(([signature, indexed, before]) => {
    const topic = bytesToHex(keccak_256(new TextEncoder().encode(signature)))
    return [topic as string, { name: signature.split('(', 1)[0] ?? '', indexed, before }] as const
  }),
)

const WORD_DIGITS = 64

/** Takes anything; null where it is no event that nodes know, as those of ownership. */
export function clusterEvent(log: unknown): Readonly<Record<string, object>> | null {
  if (!isRecord(log) || !Array.isArray(log.topics) || typeof log.data !== 'string') return null
  const [topic, ...topics] = log.topics as readonly Hex[]
  const event = EVENTS.get(topic ?? '')
  if (!event) return null
  const about = event.indexed.map((name, place) => [name, indexedValue(name, topics[place])])
  const at = 2 + event.before * WORD_DIGITS
  const version = BigInt(`0x${log.data.slice(at, at + WORD_DIGITS) || '0'}`)
  return { [event.name]: { ...Object.fromEntries(about), cluster_version: version } }
}

/** An address as bytes, as in the answer to RPC 0. */
function indexedValue(name: string, topic: Hex = '0x0'): unknown {
  return name === 'operator' ? [...Buffer.from(topic.slice(-40), 'hex')] : BigInt(topic)
}
