/**
 * Reads what happened in a range of blocks, and of the chain only what was not read before: settled events are kept from run
 * to run. They count only while the last block that they were read up to is still the chain's.
 */
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { ClusterEvent } from '../cluster/cluster-event.js'
import { WcnError } from '../errors/wcn-error.js'
import type { CachedText } from '../platform/state/cached-text.js'
import { formatRecord, type HistoryRecord, isWhole, newerHalf, parseRecord } from './model/history-record.js'

/** What lies so many blocks back, of 2 s each, is not reorganised any more. */
const SETTLED = 64
/** Without an event that is new, a record is written again after so many blocks: half an hour. */
const WORTH_WRITING = 1000

interface Range {
  readonly first: number
  /** The cluster's version before that block; null: not known. */
  readonly before: bigint | null
  /** Faults of what is kept are told. */
  readonly debug?: boolean
}

/** Up to the head's block. Throws what the chain throws. */
export async function readEvents(
  services: Services,
  head: ClusterSnapshot,
  { first, before, debug = false }: Range,
): Promise<readonly ClusterEvent[]> {
  const chain = await services.chain()
  const { contract, chainId, block, view } = head
  const last = block.number
  const kept = await openRecord(services, head, debug)
  const settled = last - SETTLED
  const record = kept?.record ?? null
  const asked = [...(record ? [record.to.number] : []), ...(kept && settled >= first ? [settled] : [])]
  const hashes = asked.length === 0 ? [] : await chain.blockHashes(asked)
  const isChains =
    record !== null && hashes[0] === record.to.hash && first <= record.to.number + 1 && record.from <= last
  const known = isChains ? record : null

  const read = async (from: number, to: number, version: bigint | null, after: bigint) =>
    from > to ? [] : chain.history({ contract, from, to, before: version, after })
  const wholly = () => read(first, last, before, view.version)
  const addedTo = async ({ from, to, events, ...versions }: HistoryRecord) => {
    const older = await read(first, from - 1, before, versions.before)
    const newer = await read(to.number + 1, last, versions.after, view.version)
    return [...older, ...events.filter((event) => event.block >= first && event.block <= last), ...newer]
  }
  const together = known && (await addedTo(known))
  // The head of another time or provider may contradict what was kept.
  const fits = together !== null && (before === null || isWhole(together, before, view.version))
  const events = fits ? together : await wholly()

  const hash = settled >= first ? hashes.at(-1) : undefined
  if (kept && hash) {
    const base = fits ? known : null
    const next = recordOf({ chainId, contract, source: kept.source }, { events, first, before, base, settled, hash })
    if (next && isWorthWriting(next, base)) kept.keep(next)
  }
  return events
}

interface Read {
  readonly events: readonly ClusterEvent[]
  readonly first: number
  readonly before: bigint | null
  /** What these were added to. */
  readonly base: HistoryRecord | null
  readonly settled: number
  readonly hash: HistoryRecord['to']['hash']
}

/** Null where it is not known which version it begins with. */
function recordOf(
  of: Pick<HistoryRecord, 'chainId' | 'contract' | 'source'>,
  { events, first, before, base, settled, hash }: Read,
): HistoryRecord | null {
  // A look at an earlier end adds nothing to it.
  if (base && (settled < base.to.number || (settled === base.to.number && base.from <= first))) return base
  const earlier = base === null || base.from >= first ? [] : base.events.filter(({ block }) => block < first)
  const all = [...earlier, ...events].filter(({ block }) => block <= settled)
  const versions = all.flatMap(({ version }) => version ?? [])
  const begins = earlier.length > 0 || (base && base.from < first) ? (base?.before ?? null) : before
  const known = begins ?? (versions[0] === undefined ? null : versions[0] - 1n)
  if (known === null) return null
  return {
    ...of,
    from: base ? Math.min(base.from, first) : first,
    before: known,
    to: { number: settled, hash },
    after: versions.at(-1) ?? known,
    events: all,
  }
}

function isWorthWriting(next: HistoryRecord, base: HistoryRecord | null): boolean {
  if (base === null || next.from < base.from) return true
  return next.events.length > base.events.length || next.to.number - base.to.number >= WORTH_WRITING
}

/** Null where there is no place for it. */
async function openRecord(services: Services, { chainId, contract }: ClusterSnapshot, debug: boolean) {
  const tell = (fault: string) => {
    if (debug) services.talk.warn(`what was read before is read anew: ${fault}`)
  }
  let directory: string
  try {
    directory = services.stateDirectory()
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
  const { cachedText, MAX_CACHED_BYTES } = await import('../platform/state/cached-text.js')
  const { providers, quorum } = await services.settings.providers()
  const source = `${quorum} of ${providers
    .map(({ url }) => new URL(url).host)
    .sort()
    .join(' ')}`
  const cache: CachedText = cachedText(`${directory}/history`, `${chainId}-${contract}.json`)
  const found = cache.recall()
  if (found && 'fault' in found) tell(found.fault)
  return {
    source,
    record: found && 'text' in found ? parseRecord(found.text, { chainId, contract, source }) : null,
    keep(record: HistoryRecord): void {
      let [kept, text] = [record, formatRecord(record)]
      while (text.length > MAX_CACHED_BYTES) {
        kept = newerHalf(kept)
        text = formatRecord(kept)
      }
      const failed = cache.keep(text)
      if (failed) tell(failed.fault)
    },
  }
}
