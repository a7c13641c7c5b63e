/** Tells what happened between two views of a cluster, in the words of its history; where on the chain is not known. */
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { jsonInteger } from '../../base/snake-json.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { inferEvents } from './infer-events.js'
import { createTeller, type ToldEvent } from './retell.js'

type Place = 'block' | 'log_index' | 'transaction'

/** `version`: null where several happened at once. */
export type HeardEvent = Omit<ToldEvent, Place | 'event'> &
  Readonly<Record<Place, null>> & {
    /** `unseen`: versions that left nothing to see. */
    readonly event: ToldEvent['event'] | 'unseen'
  }

const NOWHERE = { block: 0, blockHash: '0x', transaction: '0x', index: 0 } as const
/** The owner may have freed the slot: by whom it was is not in a view. */
const LEFT = /left maintenance$/
const UNKNOWN = { block: null, log_index: null, transaction: null } as const

/** `time`: when it was seen, Unix seconds. Every version has exactly one event (docs/dev/network/contract.md, "Version"). */
export function tellDifference(
  before: ClusterView,
  after: ClusterView,
  time: number,
  key: EncryptionKey | null,
): readonly HeardEvent[] {
  const made = after.version - before.version
  const seen = inferEvents(before, after)
  const version = made === 1n && seen.length === 1 ? after.version : null
  const tell = createTeller(before, key)
  const told = seen.map((meaning) => {
    const { words, ...event } = tell({ ...NOWHERE, time, version, ...meaning })
    return { ...event, ...UNKNOWN, words: words.replace(LEFT, 'is in maintenance no more') }
  })
  // Ownership makes no version.
  const unseen = made - BigInt(seen.filter(({ kind }) => kind !== 'ownership-transferred').length)
  if (unseen <= 0n) return told
  const words = `${unseen === 1n ? 'one change' : `${unseen} changes`} up to version ${after.version} left nothing to see`
  return [...told, { ...UNKNOWN, version: jsonInteger(after.version), event: 'unseen', time, operator: null, words }]
}
