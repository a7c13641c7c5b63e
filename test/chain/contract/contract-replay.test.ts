/**
 * Our contract against the deployed one: every recorded transaction of test/vectors/cluster-states.json once more, with
 * the same logs and the same getView() bytes, but for the two timestamps and the address that emits.
 */
import { decodeFunctionResult, encodeFunctionData, type Hex } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Anvil, startAnvil } from '../../support/anvil.js'
import { readVectors } from '../../support/vectors.js'
import { Cluster, deployCluster, impersonate, send, type View } from './cluster-fixture.js'

interface Recorded {
  readonly owner: Hex
  readonly operators: readonly Hex[]
  readonly states: readonly {
    readonly name: string
    readonly get_view: Hex
    readonly transactions: readonly {
      readonly from: Hex
      readonly input: Hex
      readonly logs: readonly { readonly topics: readonly Hex[]; readonly data: Hex }[]
    }[]
  }[]
}

const recorded = readVectors<Recorded>('cluster-states')
const getView = encodeFunctionData({ abi: Cluster.abi, functionName: 'getView' })

let chain: Anvil
beforeAll(async () => {
  chain = await startAnvil()
  await impersonate(chain, [recorded.owner, ...recorded.operators])
})
afterAll(() => chain?.stop())

it('answers every recorded transaction as the deployed contract did', async () => {
  const [first, ...later] = recorded.states
  if (!first) throw new Error('no recorded states')
  const founded = decodeFunctionResult({ abi: Cluster.abi, functionName: 'getView', data: first.get_view }) as View
  const { address } = await deployCluster(chain, recorded.owner, founded.settings, founded.operatorSlots)
  const viewNow = () => chain.rpc<Hex>('eth_call', [{ to: address, data: getView }, 'latest'])

  expect(withoutTimes(await viewNow()), first.name).toBe(withoutTimes(first.get_view))
  for (const state of later) {
    for (const [index, transaction] of state.transactions.entries()) {
      const receipt = await send(chain, transaction.from, address, transaction.input)
      const logs = receipt.logs.map(({ topics, data }) => ({ topics, data }))
      expect(logs, `${state.name}, transaction ${index}`).toEqual(transaction.logs)
    }
    expect(withoutTimes(await viewNow()), state.name).toBe(withoutTimes(state.get_view))
  }
})

/**
 * Zeroes migration.startedAt and abortedAt in the raw bytes. The struct's head is owner, settings, version,
 * keyspaceVersion, operatorSlots, 2 × 2 words of keyspaces, then id, startedAt, abortedAt; one offset word precedes it.
 */
function withoutTimes(view: Hex): string {
  const startedAt = 2 + 64 * (1 + 5 + 4 + 1)
  return view.slice(0, startedAt) + '0'.repeat(128) + view.slice(startedAt + 128)
}
