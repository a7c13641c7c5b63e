/**
 * Reads everything that happened to a cluster in a range of blocks, from its events. Every version has exactly one event,
 * so that what a provider keeps back is noticed (docs/dev/network/contract.md, "Version").
 */
import type { ClusterEvent } from '../cluster/cluster-event.js'
import { WcnError } from '../errors/wcn-error.js'
import { askEach } from './ask-each.js'
import type { HistoryQuery } from './chain.js'
import { agreeing, leaveOutFailed } from './disagreement.js'
import { readLogsBack, SPANS } from './logs.js'
import { parseEvent } from './parse-event.js'
import type { Providers } from './providers.js'
import { block, toQuantity } from './quantity.js'
import { type JsonRpc, resultOf } from './rpc/json-rpc.js'

/** Of a provider that allows 10 blocks at a time this is half a day of them. */
const REQUESTS_AT_MOST = 2500
const TOGETHER = 100

/** In the order of the chain. Throws NETWORK, RPC_ERROR, PROVIDERS_DISAGREE. */
export async function readHistory(providers: Providers, query: HistoryQuery): Promise<readonly ClusterEvent[]> {
  const { given, failures } = await askEach(providers.all, providers.quorum, (rpc) => readAll(rpc, query))
  const signOf = (found: readonly Found[]) => found.map(({ sign }) => sign).join('\n')
  const [agreed] = agreeing(providers, given, signOf, () => 'shows other events than the others')
  if (agreed) {
    leaveOutFailed(providers, failures)
    return withTimes(agreed.rpc, agreed.value)
  }
  if (failures[0] && given.length < providers.quorum) throw failures[0].value
  throw new WcnError('PROVIDERS_DISAGREE', 'the RPC providers disagree on what happened to the cluster', {
    hint: 'one of them may lag, or keep events back: ask fewer with --rpc-quorum',
    details: { hosts: given.map(({ rpc }) => rpc.host) },
  })
}

type Found = ReturnType<typeof parseEvent>

/** Some providers cut long answers short without a word: then fewer blocks are asked for at a time. */
async function readAll(rpc: JsonRpc, query: HistoryQuery): Promise<readonly Found[]> {
  const { contract, from, to } = query
  if (from > to) return []
  let missing = ''
  for (const widest of SPANS) {
    if (missing !== '' && widest > to - from) continue
    const { logs } = await readLogsBack(rpc, { address: contract }, { from, to }, undefined, {
      widest,
      requestsAtMost: REQUESTS_AT_MOST,
    })
    const found = logs
      .map((log) => parseEvent(log, rpc.host, contract, { from, to }))
      .sort((a, b) => a.place.block - b.place.block || a.place.index - b.place.index)
    const gap = findGap(
      found.flatMap(({ place }) => place.version ?? []),
      query,
    )
    if (gap === null) return found
    missing = gap
  }
  throw new WcnError('RPC_ERROR', `the RPC provider ${rpc.host} keeps events back: ${missing}`, {
    hint: 'use another provider with --rpc-url, or ask for less with --since',
    details: { host: rpc.host },
  })
}

/** What is missing, in words; null where nothing is. */
function findGap(versions: readonly bigint[], { before, after }: HistoryQuery): string | null {
  let last = before ?? (versions[0] === undefined ? after : versions[0] - 1n)
  for (const version of [...versions, after + 1n]) {
    if (version !== last + 1n)
      return version <= last ? `version ${version} comes after ${last}` : `none made version ${last + 1n}`
    last = version
  }
  return null
}

/** Asks for the times of those blocks whose events don't tell. */
async function withTimes(rpc: JsonRpc, found: readonly Found[]): Promise<readonly ClusterEvent[]> {
  const times = new Map<number, number>()
  for (const { place, time } of found) if (time !== null) times.set(place.block, time)
  const unknown = [...new Set(found.map(({ place }) => place.block))].filter((number) => !times.has(number))
  for (let start = 0; start < unknown.length; start += TOGETHER) {
    const some = unknown.slice(start, start + TOGETHER)
    const known = await timesOf(rpc, some)
    for (const [index, number] of some.entries()) times.set(number, known[index] ?? 0)
  }
  return found.map(({ place, meaning }) => ({ ...place, ...meaning, time: times.get(place.block) ?? 0 }))
}

/** The first block that is not older than that, and none after `head`. `time`: Unix seconds. Throws what asking throws. */
export async function blockSince({ all, quorum }: Providers, time: number, head: number): Promise<number> {
  const { given, failures } = await askEach(all, quorum, (rpc) => firstSince(rpc, time, head))
  // Whoever asks for a time wants nothing after it left out.
  const earliest = Math.min(...given.map(({ value }) => value))
  if (Number.isFinite(earliest)) return earliest
  throw failures[0]?.value ?? new WcnError('NETWORK', 'no RPC provider answered', { hint: 'try again' })
}

/**
 * Some at equal distances are asked for at once, and where it would be if blocks came evenly: as a rule that is where it is,
 * and a chain of a hundred million blocks is searched in three or four round trips.
 */
async function firstSince(rpc: JsonRpc, time: number, head: number): Promise<number> {
  let [low, high] = [0, head]
  let before: Dated | null = null
  let after: Dated | null = null
  while (low < high) {
    const even = [1, 2, 3].map((part) => low + Math.floor(((high - low) * part) / 4))
    const likely: number = before && after ? between(before, after, time) : head
    const asked = [...new Set([...even, likely - 1, likely])].filter((number) => number >= low && number <= high)
    for (const [index, at] of (await timesOf(rpc, asked)).entries()) {
      const number = asked[index] ?? 0
      if (at < time && number >= low && number < head) [low, before] = [number + 1, { number, time: at }]
      else if (at >= time && number <= high) [high, after] = [number, { number, time: at }]
      else if (number === head) after = { number, time: at }
    }
  }
  return low
}

interface Dated {
  readonly number: number
  readonly time: number
}

function between(before: Dated, after: Dated, time: number): number {
  const share = (time - before.time) / Math.max(1, after.time - before.time)
  return before.number + Math.ceil(share * (after.number - before.number))
}

async function timesOf(rpc: JsonRpc, numbers: readonly number[]): Promise<readonly number[]> {
  const replies = await rpc.send(
    numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [toQuantity(number), false] })),
  )
  return numbers.map((_, index) => block(resultOf(replies[index], 'eth_getBlockByNumber', rpc.host)).time)
}
