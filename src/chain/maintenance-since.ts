/** Looks back at the contract's events for when the maintenance slot was taken; bounded, since providers bound it too. */
import { encodeEventTopics } from 'viem'
import { type Answer, askEach, largestGroup } from './ask-each.js'
import type { ClusterSnapshot, MaintenanceSince } from './chain.js'
import { CLUSTER_ABI } from './contract/cluster-abi.js'
import type { Providers } from './providers.js'
import { block, record, smallQuantity, toQuantity } from './quantity.js'
import { readLogsBack } from './read-logs.js'
import { type JsonRpc, resultOf } from './rpc/json-rpc.js'

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
