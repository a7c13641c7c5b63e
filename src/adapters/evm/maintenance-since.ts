/** Looks back at the contract's events for when the maintenance slot was taken; bounded, since providers bound it too. */
import { encodeEventTopics } from 'viem'
import type { ClusterSnapshot, MaintenanceSince } from '../../core/ports/chain.js'
import { WcnError } from '../../errors/wcn-error.js'
import { MAINTENANCE_TOGGLED_ABI } from './cluster-abi.js'
import { type JsonRpc, resultOf } from './json-rpc.js'
import type { Providers } from './providers.js'
import { block, record, smallQuantity, toQuantity } from './quantity.js'

/** Ranges to try, in blocks of 2 s: some providers allow 10 000, others far fewer. */
const RANGES = [9_999, 999, 99]
const ACTIVE = `0x${'0'.repeat(63)}1`

/** The first provider that can tell does. Who holds the slot is known without this: trouble is no reason to hold that back. */
export async function maintenanceSince({ all }: Providers, snapshot: ClusterSnapshot): Promise<MaintenanceSince> {
  for (const rpc of all) {
    try {
      const since = await lookBack(rpc, snapshot)
      if (since) return since
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
    }
  }
  return { kind: 'at-least', blocks: 0 }
}

/** Null where the provider gives no events at all. */
async function lookBack(rpc: JsonRpc, snapshot: ClusterSnapshot): Promise<MaintenanceSince | null> {
  const head = snapshot.block.number
  for (const range of RANGES) {
    const fromBlock = Math.max(0, head - range)
    const [reply] = await rpc.send([
      {
        method: 'eth_getLogs',
        params: [
          {
            address: snapshot.contract,
            topics: encodeEventTopics({ abi: MAINTENANCE_TOGGLED_ABI, eventName: 'MaintenanceToggled' }),
            fromBlock: toQuantity(fromBlock),
            toBlock: toQuantity(head),
          },
        ],
      },
    ])
    if (!reply?.ok || !Array.isArray(reply.result)) continue
    const taken = reply.result
      .map((log) => record(log, 'event'))
      .filter((log) => typeof log.data === 'string' && log.data.startsWith(ACTIVE))
      .at(-1)
    if (!taken) return { kind: 'at-least', blocks: head - fromBlock }
    const number = smallQuantity(taken.blockNumber, 'block number')
    const [found] = await rpc.send([{ method: 'eth_getBlockByNumber', params: [toQuantity(number), false] }])
    return { kind: 'at', block: number, time: block(resultOf(found, 'eth_getBlockByNumber', rpc.host)).time }
  }
  return null
}
