/** The Chain port over JSON-RPC. Reading needs little and loads little; what only writes need is loaded for them. */

import type { Address } from '../base/address.js'
import type { Clock } from '../base/clock.js'
import { monotonicMs } from '../base/monotonic-ms.js'
import type { Chain } from './chain.js'
import { connectProviders, type ProvidersOptions } from './providers.js'
import { readAccount, readCluster, readClusterForWrite } from './read-at-one-block.js'
import type { ProviderSettings } from './rpc/json-rpc.js'

export interface ChainSettings extends ProvidersOptions {
  readonly providers: ProviderSettings
  readonly chainId: number
  /** Asked for only where a cluster is read or called: a deployment has none yet. */
  readonly contract: () => Address
}

/** Close it when the command is done: open sockets keep a process alive. */
export interface EvmChain extends Chain {
  close(): void
}

export async function connectChain(settings: ChainSettings, clock: Pick<Clock, 'sleep'>): Promise<EvmChain> {
  const { chainId, contract, deadline } = settings
  const providers = await connectProviders(settings.providers, settings)
  const target = { providers, chainId }
  return {
    readCluster: ({ block, contract: other } = {}) => readCluster(target, other ?? contract(), block),
    readClusterForWrite: (account, other) => readClusterForWrite(target, other ?? contract(), account),
    readAccount: (account) => readAccount(target, account),
    encodeCall: async (call) => (await import('./calls.js')).encodeCall(contract(), call),
    estimate: async (snapshot, request) =>
      (await import('./estimate-cost.js')).estimateCost(providers, snapshot, request),
    sign: async (snapshot, request, cost, signer) =>
      (await import('./raw-transactions.js')).signTransaction(snapshot, request, cost, signer),
    broadcast: async (transaction) => (await import('./broadcast.js')).broadcast(providers, transaction),
    follow: async (transaction, options) =>
      (await import('./follow-transaction.js')).followTransaction(
        { providers, chainId, clock, deadline, nowMs: monotonicMs },
        transaction,
        options,
      ),
    revertReason: async (request, from, atBlock) =>
      (await import('./reverts.js')).explainRevert(providers, request, from, atBlock),
    pendingOwner: async (snapshot) => (await import('./pending-owner.js')).readPendingOwner(target, snapshot),
    safeAt: async (snapshot, account) => (await import('./read-safe.js')).readSafe(target, snapshot, account),
    maintenanceSince: async (snapshot) => (await import('./events.js')).maintenanceSince(providers, snapshot),
    operatorWrites: async (query) =>
      (await import('./events.js')).operatorWrites(providers, query.contract ?? contract(), query),
    history: async (query) => (await import('./history.js')).readHistory(providers, query),
    blockHashes: async (numbers) => (await import('./block-hashes.js')).blockHashes(providers, numbers),
    blockSince: async (time, head) => (await import('./history.js')).blockSince(providers, time, head),
    reconnect: ({ onlyAnswering = false } = {}) => providers.reconnect({ onlyAnswering }),
    close: providers.close,
  }
}
