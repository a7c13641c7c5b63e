/** What was read of a cluster's history, as it is kept for the next time: the events of a range of blocks that are settled. */
import type { Address } from '../../base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../../base/hex.js'
import { isRecord } from '../../base/is-record.js'
import type { ClusterEvent } from '../../cluster/cluster-event.js'

/** To be raised with every change of what an event is: records of other formats are read anew from the chain. */
const FORMAT = 1

export interface HistoryRecord {
  readonly chainId: number
  readonly contract: Address
  /** Who said so, and how many had to agree: others may be believed less. */
  readonly source: string
  /** The first block of the range, and the cluster's version before it. */
  readonly from: number
  readonly before: bigint
  /** The last block, and the version with it. It stands for all before it. */
  readonly to: { readonly number: number; readonly hash: Hex }
  readonly after: bigint
  readonly events: readonly ClusterEvent[]
}

export function formatRecord(record: HistoryRecord): string {
  return JSON.stringify({ format: FORMAT, ...record }, (_, value) => {
    if (typeof value === 'bigint') return { n: String(value) }
    return value instanceof Uint8Array ? { x: bytesToHex(value) } : value
  })
}

/** Of a text that is as it was written. Null where it is of another format, or of something else than that. */
export function parseRecord(
  text: string,
  wanted: Pick<HistoryRecord, 'chainId' | 'contract' | 'source'>,
): HistoryRecord | null {
  let found: unknown
  try {
    found = revived(JSON.parse(text))
  } catch {
    return null
  }
  if (!isRecord(found) || found.format !== FORMAT) return null
  const { format, ...record } = found
  const isWanted = (['chainId', 'contract', 'source'] as const).every((name) => record[name] === wanted[name])
  return isWanted ? (record as unknown as HistoryRecord) : null
}

/** Changes what it is given: a function for each of a million values would take longer than reading them. */
function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { n, x } = value as { readonly n?: unknown; readonly x?: unknown }
  if (typeof n === 'string') return BigInt(n)
  if (typeof x === 'string') return hexToBytes(x)
  const parts = value as Record<string, unknown>
  for (const name of Object.keys(parts)) {
    const part = parts[name]
    if (typeof part === 'object' && part !== null) parts[name] = revived(part)
  }
  return parts
}

/** Without the older half of its events; it begins with a block of which it has all. */
export function newerHalf(record: HistoryRecord): HistoryRecord {
  const { events } = record
  const first = events[Math.floor(events.length / 2)]?.block ?? record.to.number + 1
  const older = events.filter(({ block }) => block < first).flatMap(({ version }) => version ?? [])
  return {
    ...record,
    from: first,
    before: older.at(-1) ?? record.before,
    events: events.filter(({ block }) => block >= first),
  }
}

/** Whether each version has its event (docs/dev/network/contract.md, "Version"). */
export function isWhole(events: readonly ClusterEvent[], before: bigint, after: bigint): boolean {
  const versions = events.flatMap(({ version }) => version ?? [])
  return (
    versions.every((version, index) => version === before + BigInt(index) + 1n) &&
    before + BigInt(versions.length) === after
  )
}
