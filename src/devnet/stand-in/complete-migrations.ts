/** Says on chain that a primary node has pulled everything, as soon as it has: from the operator's account, once for each migration. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { privateKeySigner } from '../../signers/create-signer.js'
import type { NodeEnvironment } from '../model/service-environment.js'
import type { Log } from './log.js'
import { sendAsOperator } from './send-as-operator.js'

export function migrationCompleter(
  environment: NodeEnvironment,
  { pullMs, log }: { readonly pullMs: number; readonly log: Log },
) {
  const { signingKey } = environment
  const address = signingKey === null ? null : privateKeySigner(signingKey).address
  let over = new AbortController()
  let pulled = 0n

  const complete = async (id: bigint, signal: AbortSignal): Promise<void> => {
    if (signingKey === null) return
    log('INFO', 'Pulling data', { migration_id: String(id) })
    await sleep(pullMs, undefined, { signal })
    await sendAsOperator(environment, signingKey, { fn: 'completeMigration', id })
    log('INFO', 'Data pull completed', { migration_id: String(id) })
  }
  return {
    look({ migration, pullingOperators, operators }: ClusterView): void {
      const slot = operators.find(({ id }) => id === address)?.slot
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
