/** Says on chain that a primary node has pulled everything, as soon as it has: from the operator's account, once for each migration. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DEVELOPMENT_CHAIN_ID } from '../../base/chain-ids.js'
import { createDeadline } from '../../base/deadline.js'
import { connectChain } from '../../chain/evm-chain.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { privateKeySigner } from '../../signers/create-signer.js'
import type { NodeEnvironment } from '../model/service-environment.js'
import type { Log } from './log.js'

const REQUEST_TIMEOUT_MS = 10_000

export function migrationCompleter(
  { signingKey, contract, rpcUrl }: NodeEnvironment,
  { pullMs, log }: { readonly pullMs: number; readonly log: Log },
) {
  let over = new AbortController()
  const signer = signingKey === null ? null : privateKeySigner(signingKey)
  let pulled = 0n

  const complete = async (id: bigint, signal: AbortSignal): Promise<void> => {
    if (signer === null) return
    log('INFO', 'Pulling data', { migration_id: String(id) })
    await sleep(pullMs, undefined, { signal })
    const chain = await connectChain(
      {
        providers: {
          providers: [{ url: rpcUrl.reveal(), headers: {}, proxy: null }],
          quorum: 1,
          certificateAuthorities: null,
        },
        chainId: DEVELOPMENT_CHAIN_ID,
        contract: () => contract,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        deadline: createDeadline(() => performance.now(), null),
        warn: () => {},
      },
      { sleep: (ms) => sleep(ms) },
    )
    try {
      const snapshot = await chain.readAccount(signer.address)
      const request = await chain.encodeCall({ fn: 'completeMigration', id })
      const estimate = await chain.estimate(snapshot, request)
      await chain.broadcast(await chain.sign(snapshot, request, estimate, signer))
      log('INFO', 'Data pull completed', { migration_id: String(id) })
    } finally {
      chain.close()
    }
  }
  return {
    look({ migration, pullingOperators, operators }: ClusterView): void {
      const slot = operators.find(({ id }) => id === signer?.address)?.slot
      if (migration === null || migration.id === pulled || slot === undefined || !pullingOperators?.includes(slot))
        return
      pulled = migration.id
      const { signal } = over
      complete(migration.id, signal).catch((error: Error) => {
        if (!signal.aborted) log('ERROR', 'Migration failed', { error: error.message })
      })
    },
    /** What is being pulled is pulled anew after the next look. */
    drop() {
      over.abort()
      over = new AbortController()
      pulled = 0n
    },
  }
}
