/** What others wrote into an operator's data in a range of blocks, from the contract's events (docs/dev/never.md 2). */
import { decodeEventLog, encodeEventTopics } from 'viem'
import type { Address } from '../base/address.js'
import { hexToBytes } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { askEach, largestGroup } from './ask-each.js'
import type { OperatorWrite, OperatorWritesQuery } from './chain.js'
import { CLUSTER_ABI } from './contract/cluster-abi.js'
import { leaveOutFailed } from './disagreement.js'
import type { Providers } from './providers.js'
import { hash, hexData, record, smallQuantity } from './quantity.js'
import { readLogsBack } from './read-logs.js'
import type { JsonRpc } from './rpc/json-rpc.js'
import { oddAnswer } from './rpc/json-rpc.js'

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
  const agreed = largestGroup(given, ({ value }) => JSON.stringify(value, (_, part) => comparable(part)))
  if (agreed[0] && agreed.length >= quorum) {
    leaveOutFailed(providers, failures)
    for (const one of given)
      if (!agreed.includes(one)) providers.leaveOut(one.rpc, 'shows other events than the others')
    return agreed[0].value
  }
  if (failures[0] && given.length < quorum) throw failures[0].value
  throw new WcnError('PROVIDERS_DISAGREE', `the RPC providers disagree on what was written about ${query.operator}`, {
    hint: 'one of them may lag: look at what is on chain with `wcn operator view`',
    details: { hosts: given.map(({ rpc }) => rpc.host) },
  })
}

function comparable(part: unknown): unknown {
  return part instanceof Uint8Array ? [...part] : part
}

async function readWrites(
  rpc: JsonRpc,
  contract: Address,
  { operator, after, until, except }: OperatorWritesQuery,
): Promise<readonly OperatorWrite[]> {
  const names = EVENTS.map((eventName) => encodeEventTopics({ abi: CLUSTER_ABI, eventName })[0])
  const topics = [names, `0x${operator.slice(2).padStart(64, '0')}`]
  const range = { from: after + 1, to: until }
  const back = await readLogsBack(rpc, { address: contract, topics }, range)
  if (back.from > range.from) back.requireAll()
  const logs = back.logs
    .map((log) => parseLog(log, { host: rpc.host, contract, operator, after, until }))
    .sort((a, b) => a.block - b.block || a.index - b.index)
  const own = logs.findIndex(({ hash }) => hash === except.toLowerCase())
  // It is there for certain: a provider that does not show it does not show everything.
  if (own === -1) throw oddAnswer(rpc.host, 'events that lack those of this transaction')
  return logs
    .map(({ hash, block, data }, place) => ({ hash, block, data, beforeOwn: place < own }))
    .filter(({ hash }) => hash !== except.toLowerCase())
}

interface Expected {
  readonly host: string
  readonly contract: Address
  readonly operator: Address
  readonly after: number
  readonly until: number
}

/** A log that was not asked for is as odd as one that makes no sense. */
function parseLog(value: unknown, { host, contract, operator, after, until }: Expected) {
  const fields = record(value, 'event')
  const block = smallQuantity(fields.blockNumber, 'block number')
  const event = decoded(fields)
  const isOfData = event !== null && event.eventName !== 'MaintenanceToggled'
  const asked =
    isOfData &&
    event.args.operator.toLowerCase() === operator &&
    typeof fields.address === 'string' &&
    fields.address.toLowerCase() === contract &&
    block > after &&
    block <= until
  if (!isOfData || !asked) throw oddAnswer(host, 'a malformed event')
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
    return decodeEventLog({
      abi: CLUSTER_ABI,
      topics: [signature, ...rest],
      data: hexData(data, 'event data'),
      strict: true,
    })
  } catch {
    return null
  }
}
