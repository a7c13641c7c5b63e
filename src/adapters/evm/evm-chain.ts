/** The Chain port over JSON-RPC. Reading needs little and loads little; what only writes need is loaded for them. */
import type { Address } from '../../core/address.js'
import type { Chain, Clock } from '../../core/ports.js'
import { connectJsonRpc } from './connect-json-rpc.js'
import type { JsonRpc } from './json-rpc.js'
import { readAccount, readCluster, readClusterForWrite } from './read-at-one-block.js'

export interface ChainSettings {
  readonly rpcUrl: string
  readonly chainId: number
  /** Asked for only where a cluster is read or called: a deployment has none yet. */
  readonly contract: () => Address
  readonly requestTimeoutMs: number
  readonly receiptTimeoutMs: number
}

/** Close it when the command is done: open sockets keep a process alive. */
export interface EvmChain extends Chain {
  close(): void
}

export async function connectChain(settings: ChainSettings, clock: Clock): Promise<EvmChain> {
  const rpc: JsonRpc = await connectJsonRpc(settings.rpcUrl, settings.requestTimeoutMs)
  const target = { rpc, chainId: settings.chainId }
  const writing = () => import('./transactions.js')
  return {
    readCluster: ({ block, contract } = {}) => readCluster(target, contract ?? settings.contract(), block),
    readClusterForWrite: (account) => readClusterForWrite(target, settings.contract(), account),
    readAccount: (account) => readAccount(target, account),
    encodeCall: async (call) => (await writing()).encodeCall(settings.contract(), call),
    estimate: async (snapshot, transaction) => (await writing()).estimateCost(rpc, snapshot, transaction),
    sign: async (snapshot, transaction, cost, signer) =>
      (await writing()).signTransaction(snapshot, transaction, cost, signer),
    submit: async (transaction) =>
      (await import('./submit-transaction.js')).submitTransaction(rpc, clock, transaction, settings.receiptTimeoutMs),
    revertReason: async (transaction, from, atBlock) =>
      (await writing()).explainRevert(rpc, transaction, from, atBlock),
    maintenanceSince: async (snapshot) => (await import('./maintenance-since.js')).maintenanceSince(rpc, snapshot),
    close: () => rpc.close(),
  }
}
