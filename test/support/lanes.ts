/**
 * Chains for cases that run side by side: each lane is a fork of a test's development chain, so that it holds the same
 * cluster, and is as new again for each case.
 */
import { afterAll } from 'vitest'
import { type Anvil, startAnvil } from './anvil.js'
import { type WatchedChain, watch } from './chain-watch.js'
import type { Devnet } from './devnet.js'
import { type FaultProxy, startFaultProxy } from './fault-proxy.js'

export interface Lane {
  readonly chain: WatchedChain
  /** Another fork of the same chain, of the same height. */
  readonly fork: Anvil
  /** In front of `chain`. */
  readonly proxy: FaultProxy
  asNew(): Promise<void>
}

export interface Lanes {
  /** Forks the development chain as it is now. */
  open(count: number): Promise<void>
  /** Gives `work` a lane for itself, as new, once one is free. */
  use<T>(work: (lane: Lane) => Promise<T>): Promise<T>
}

/** Registers their end with the test file. */
export function useLanes(net: Devnet): Lanes {
  const anvils: Anvil[] = []
  const proxies: FaultProxy[] = []
  const free: Lane[] = []
  const waiting: ((lane: Lane) => void)[] = []
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.stop()))
    await Promise.all(anvils.map((anvil) => anvil.stop()))
  })

  async function openOne(): Promise<Lane> {
    const args = ['--fork-url', net.rpcUrl, '--no-storage-caching', '--disable-block-gas-limit', '--accounts', '1']
    const [anvil, fork] = await Promise.all([startAnvil({ args }), startAnvil({ args })])
    anvils.push(anvil, fork)
    const chain = watch(
      () => anvil.url,
      () => net.contract,
    )
    await chain.mine()
    await fork.rpc('evm_increaseTime', [7])
    await fork.rpc('evm_mine')
    const proxy = await startFaultProxy(() => anvil.url)
    proxies.push(proxy)
    let snapshots = await snapshotsOf(chain, fork)
    return {
      chain,
      fork,
      proxy,
      async asNew() {
        await proxy.reset()
        await chain.rpc('evm_revert', snapshots[0])
        await fork.rpc('evm_revert', [snapshots[1]])
        snapshots = await snapshotsOf(chain, fork)
      },
    }
  }

  return {
    async open(count) {
      free.push(...(await Promise.all(Array.from({ length: count }, openOne))))
    },
    async use(work) {
      const lane = free.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)))
      try {
        await lane.asNew()
        return await work(lane)
      } finally {
        const next = waiting.shift()
        if (next) next(lane)
        else free.push(lane)
      }
    },
  }
}

async function snapshotsOf(chain: WatchedChain, fork: Anvil): Promise<readonly [string, string]> {
  return [await chain.rpc<string>('evm_snapshot'), await fork.rpc<string>('evm_snapshot')]
}
