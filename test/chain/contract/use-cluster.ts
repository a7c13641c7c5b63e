/** For tests of the contract: a chain per file, a freshly founded cluster of five per test, and short names for both. */
import { type Hex, pad, toHex } from 'viem'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Anvil, startAnvil } from '../../support/anvil.js'
import { ClusterFixture, deployCluster, impersonate, type NodeOperator, type Receipt } from './cluster-fixture.js'

export const account = (n: number): Hex => pad(toHex(n), { size: 20 })
export const owner = account(0xffff)
export const stranger = account(0xeeee)
/** The operator that the tests put into slot i. Descending, so that slot order is not address order. */
export const operator = (slot: number): Hex => account(0xd000 - slot)
export const data = (length: number): Hex => `0x${'01'.repeat(length)}`
export const member = (slot: number): NodeOperator => ({ addr: operator(slot), data: data(slot + 1) })
export const members = (count: number): NodeOperator[] => Array.from({ length: count }, (_, slot) => member(slot))
export const settings = { maxOperatorDataBytes: 100, minOperators: 5, extra: '0xabcd' } as const
export const keyspace = (operatorBitmask: bigint, replicationStrategy = 0) => ({ operatorBitmask, replicationStrategy })
export const notOwner = (who: Hex) => `OwnableUnauthorizedAccount(${who})`

interface Now {
  chain: Anvil
  cluster: ClusterFixture
  /** The deployments' receipts. */
  implementation: Receipt
  proxy: Receipt
}

/** Registers the hooks. `now` is filled when a test runs. */
export function useCluster() {
  const now = {} as Now

  async function found(operators: readonly NodeOperator[], minOperators = 5): Promise<void> {
    const { address, ...receipts } = await deployCluster(now.chain, owner, { ...settings, minOperators }, operators)
    Object.assign(now, receipts, { cluster: new ClusterFixture(now.chain, address) })
  }

  beforeAll(async () => {
    now.chain = await startAnvil()
    await impersonate(now.chain, [owner, stranger, ...members(8).map(({ addr }) => addr)])
  })
  afterAll(() => now.chain?.stop())
  beforeEach(() => found(members(5)))

  return {
    now,
    found,
    /** The error a call reverts with, `null` when it would succeed; sends nothing. */
    revert: (from: Hex, functionName: string, ...args: unknown[]) => now.cluster.revert(from, functionName, args),
    /** Sends, and returns the logs. */
    write: (from: Hex, functionName: string, ...args: unknown[]) => now.cluster.write(from, functionName, args),
    read: <T = unknown>(functionName: string, ...args: unknown[]) => now.cluster.read<T>(functionName, args),
  }
}
