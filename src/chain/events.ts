/**
 * What the contract's events tell: since when the maintenance slot is taken, and what others wrote into an operator's data
 * in a range of blocks (docs/dev/never.md 2).
 */
import { decodeEventLog, encodeEventTopics } from 'viem'
import type { Address } from '../base/address.js'
import { type Hex, hexToBytes } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { type Answer, askEach, largestGroup } from './ask-each.js'
import type { ClusterSnapshot, MaintenanceSince, OperatorWrite, OperatorWritesQuery } from './chain.js'
import { CLUSTER_ABI } from './contract/cluster-abi.js'
import { agreeing, leaveOutFailed } from './disagreement.js'
import { isNotThereYet, untilThere } from './one-block.js'
import type { Providers } from './providers.js'
import { block, hash, hexData, record, smallQuantity, toQuantity } from './quantity.js'
import { type JsonRpc, oddAnswer, type RpcReply, resultOf } from './rpc/json-rpc.js'
import { type Meaning, meaningOf } from './rpc/provider-answers.js'

/** Blocks per request: all of them at first, since most providers allow it; free plans of some allow 10. */
const SPANS = [Infinity, 10_000, 1000, 100, 10]
/** Asked for together once one such request was answered. */
const TOGETHER = 10
const REQUESTS_AT_MOST = 60
/** Asking for less does not help against these. */
const IN_VAIN: ReadonlySet<Meaning> = new Set(['unsupported', 'lasting', 'pruned', 'not-there-yet'])
/** Blocks of 2 s. */
const LOOK_BACK = 9_999
const ACTIVE = `0x${'0'.repeat(63)}1`

/**
 * As many as have to agree must say so; what they agree on is a lower bound at least. Who holds the slot is known without
 * this: trouble is no reason to hold that back.
 */
export async function maintenanceSince(providers: Providers, snapshot: ClusterSnapshot): Promise<MaintenanceSince> {
  const { all, quorum } = providers
  const head = snapshot.block.number
  const { given } = await askEach(all, quorum, (rpc) => lookBack(rpc, snapshot))
  const dated = given.filter(({ value }) => value.kind === 'at')
  const agreed = largestGroup(dated, ({ value }) => JSON.stringify(value))
  const [since] = agreed
  if (since && agreed.length >= quorum) {
    for (const other of given)
      if (!agreed.includes(other) && (other.value.kind === 'at' || blocksAgo(other, head) > blocksAgo(since, head)))
        providers.leaveOut(other.rpc, 'shows other events than the others')
    return since.value
  }
  const ago = given.map((one) => blocksAgo(one, head)).sort((a, b) => b - a)
  return { kind: 'at-least', blocks: ago[quorum - 1] ?? 0 }
}

function blocksAgo({ value }: Answer<MaintenanceSince>, head: number): number {
  return value.kind === 'at' ? head - value.block : value.blocks
}

async function lookBack(
  rpc: JsonRpc,
  { contract, block: { number: head } }: ClusterSnapshot,
): Promise<MaintenanceSince> {
  const filter = {
    address: contract,
    topics: encodeEventTopics({ abi: CLUSTER_ABI, eventName: 'MaintenanceToggled' }),
  }
  const range = { from: Math.max(0, head - LOOK_BACK), to: head }
  const { logs, from } = await readLogsBack(rpc, filter, range, (some) => some.some(hasTaken))
  const taken = logs.filter(hasTaken).at(-1)
  if (taken === undefined) return { kind: 'at-least', blocks: Math.max(0, head - from) }
  const number = smallQuantity(record(taken, 'event').blockNumber, 'block number')
  const [found] = await rpc.send([{ method: 'eth_getBlockByNumber', params: [toQuantity(number), false] }])
  return { kind: 'at', block: number, time: block(resultOf(found, 'eth_getBlockByNumber', rpc.host)).time }
}

/** Throws RPC_ERROR for what is no event. */
function hasTaken(log: unknown): boolean {
  const { data } = record(log, 'event')
  return typeof data === 'string' && data.startsWith(ACTIVE)
}

/** What changes an operator's data. */
const EVENTS = ['NodeOperatorAdded', 'NodeOperatorUpdated', 'NodeOperatorRemoved'] as const

/** Throws NETWORK, RPC_ERROR, PROVIDERS_DISAGREE. */
export async function operatorWrites(
  providers: Providers,
  contract: Address,
  query: OperatorWritesQuery,
): Promise<readonly OperatorWrite[]> {
  const { all, quorum } = providers
  if (query.after >= query.until) return []
  const { given, failures } = await askEach(all, quorum, (rpc) => readWrites(rpc, contract, query))
  const [agreed] = agreeing(providers, given, JSON.stringify, () => 'shows other events than the others')
  if (agreed) {
    leaveOutFailed(providers, failures)
    return agreed.value
  }
  if (failures[0] && given.length < quorum) throw failures[0].value
  throw new WcnError('PROVIDERS_DISAGREE', `the RPC providers disagree on what was written about ${query.operator}`, {
    hint: 'one of them may lag: look at what is on chain with `wcn operator view`',
    details: { hosts: given.map(({ rpc }) => rpc.host) },
  })
}

async function readWrites(
  rpc: JsonRpc,
  contract: Address,
  query: OperatorWritesQuery,
): Promise<readonly OperatorWrite[]> {
  const { operator, after, until, except } = query
  const names = EVENTS.map((eventName) => encodeEventTopics({ abi: CLUSTER_ABI, eventName })[0])
  const topics = [names, `0x${operator.slice(2).padStart(64, '0')}`]
  const range = { from: after + 1, to: until }
  const logs = (await readLogsBack(rpc, { address: contract, topics }, range)).logs
    .map((log) => parseLog(log, rpc.host, contract, query))
    .sort((a, b) => a.block - b.block || a.index - b.index)
  const own = logs.findIndex(({ hash }) => hash === except.toLowerCase())
  // It is there for certain: a provider that does not show it does not show everything.
  if (own === -1) throw oddAnswer(rpc.host, 'events that lack those of this transaction')
  return logs
    .map(({ hash, block, data }, place) => ({ hash, block, data, beforeOwn: place < own }))
    .filter(({ hash }) => hash !== except.toLowerCase())
}

/** A log that was not asked for is as odd as one that makes no sense. */
function parseLog(value: unknown, host: string, contract: Address, { operator, after, until }: OperatorWritesQuery) {
  const fields = record(value, 'event')
  const block = smallQuantity(fields.blockNumber, 'block number')
  const event = decoded(fields)
  const isAsked =
    event?.args.operator.toLowerCase() === operator &&
    typeof fields.address === 'string' &&
    fields.address.toLowerCase() === contract &&
    block > after &&
    block <= until
  if (!event || !isAsked || event.eventName === 'MaintenanceToggled') throw oddAnswer(host, 'a malformed event')
  return {
    hash: hash(fields.transactionHash, 'transaction hash'),
    block,
    index: smallQuantity(fields.logIndex, 'log index'),
    data: event.eventName === 'NodeOperatorRemoved' ? null : hexToBytes(event.args.operatorData),
  }
}

function decoded({ topics, data }: Readonly<Record<string, unknown>>) {
  if (!Array.isArray(topics)) return null
  const [signature, ...rest] = topics.map((topic) => hash(topic, 'event topic'))
  if (!signature) return null
  try {
    const known = { topics: [signature, ...rest] as [Hex, ...Hex[]], data: hexData(data, 'event data') }
    return decodeEventLog({ abi: CLUSTER_ABI, ...known, strict: true })
  } catch {
    return null
  }
}

/**
 * Events of a range of blocks, in as many requests as a provider's limits make of it; bounded. From `to` back to `from`, or to
 * where `isEnough` says so of what was found; in the order of the chain, with the first block that they are complete from:
 * one more than `to` where there are none. Without `isEnough` all of them: throws RPC_ERROR for what keeps any back.
 */
async function readLogsBack(
  rpc: JsonRpc,
  filter: object,
  { from, to }: { readonly from: number; readonly to: number },
  isEnough?: (logs: readonly unknown[]) => boolean,
) {
  let logs: readonly unknown[] = []
  let rest = to
  let requests = 0
  let refusal: RpcReply | undefined
  const found = () => {
    if (!isEnough && rest >= from) {
      if (refusal) resultOf(refusal, 'eth_getLogs', rpc.host)
      throw oddAnswer(rpc.host, refusal ? 'something else than events' : 'events of too few blocks at once')
    }
    return { logs, from: rest + 1 }
  }
  for (const [index, span] of SPANS.entries()) {
    // The same would be asked once more.
    if (index > 0 && span > rest - from) continue
    if (!isEnough && requests + (rest - from) / span > REQUESTS_AT_MOST) break
    for (let width = 1; rest >= from; width = TOGETHER) {
      const ranges = rangesBack(from, rest, span).slice(0, Math.min(width, REQUESTS_AT_MOST - requests))
      if (ranges.length === 0) return found()
      requests += ranges.length
      const replies = await untilThere(
        () => rpc.send(ranges.map((range) => ({ method: 'eth_getLogs', params: [{ ...filter, ...range.asked }] }))),
        (all) => all.some(isNotThereYet),
      )
      refusal = undefined
      for (const [place, range] of ranges.entries()) {
        const reply = replies[place]
        if (!reply?.ok || !Array.isArray(reply.result)) {
          refusal = reply ?? { ok: false, error: { code: 0, message: 'no reply' } }
          break
        }
        logs = [...reply.result, ...logs]
        rest = range.start - 1
        if (isEnough?.(reply.result)) return found()
      }
      if (refusal) break
    }
    if (!refusal || (!refusal.ok && IN_VAIN.has(meaningOf(refusal.error)))) break
  }
  return found()
}

function rangesBack(from: number, to: number, span: number) {
  const count = span === Infinity ? 1 : Math.min(TOGETHER, Math.ceil((to - from + 1) / span))
  return Array.from({ length: count }, (_, index) => {
    const last = span === Infinity ? to : to - index * span
    const start = Math.max(from, last - span + 1)
    return { start, asked: { fromBlock: toQuantity(start), toBlock: toQuantity(last) } }
  })
}
