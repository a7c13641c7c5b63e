/**
 * What the contract's events tell: since when the maintenance slot is taken, and what others wrote into an operator's data
 * in a range of blocks (docs/dev/never.md 2).
 */
import { encodeEventTopics } from 'viem'
import type { Address } from '../base/address.js'
import { WcnError } from '../errors/wcn-error.js'
import { type Answer, askEach, largestGroup } from './ask-each.js'
import type { ClusterSnapshot, MaintenanceSince, OperatorWrite, OperatorWritesQuery } from './chain.js'
import { CLUSTER_ABI } from './contract/cluster-abi.js'
import { agreeing, leaveOutFailed } from './disagreement.js'
import { readLogsBack } from './logs.js'
import { parseEvent } from './parse-event.js'
import type { Providers } from './providers.js'
import { block, record, smallQuantity, toQuantity } from './quantity.js'
import { type JsonRpc, oddAnswer, resultOf } from './rpc/json-rpc.js'

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
  const { place, meaning } = parseEvent(value, host, contract, { from: after + 1, to: until })
  const isAsked = 'operator' in meaning && 'slot' in meaning && meaning.operator === operator
  if (!isAsked) throw oddAnswer(host, 'a malformed event')
  const { transaction, block, index } = place
  return { hash: transaction, block, index, data: 'data' in meaning ? meaning.data : null }
}
