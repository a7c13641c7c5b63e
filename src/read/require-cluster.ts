/** Refuses a cluster that must not be written to (docs/dev/never.md 3). */

import { counted } from '../base/counted.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { encryptionKeyEvidence } from '../cluster/encryption-key-evidence.js'
import { WcnError } from '../errors/wcn-error.js'

/** A cluster that the network's own code rejects must not be written to on guesses. */
export function requireSoundCluster(view: ClusterView): void {
  if (view.problems.length === 0) return
  throw new WcnError('CLUSTER_INVALID', `the network's nodes reject this cluster: ${view.problems.join('; ')}`, {
    hint: "tell the cluster's owner; nothing is written meanwhile",
    details: { problems: view.problems },
  })
}

/**
 * For what must not be done while data moves from operator to operator. `otherwise`: another way than to wait. Throws
 * MIGRATION_IN_PROGRESS.
 */
export function requireNoMigration(
  { pullingOperators: pulling }: Pick<ClusterView, 'pullingOperators'>,
  otherwise?: string,
): void {
  if (pulling === null) return
  const hint = 'wait until it has ended, which `wcn maintenance status` tells'
  throw new WcnError(
    'MIGRATION_IN_PROGRESS',
    `a data migration is in progress: ${counted(pulling.length, 'operator')} still ${pulling.length === 1 ? 'pulls' : 'pull'}`,
    { hint: otherwise === undefined ? hint : `${hint}; ${otherwise}`, details: { pulling_operators: pulling } },
  )
}

/** For reading; what writes also knows what was proven before (contract-knowledge.ts). */
export function requireMatchingKey(view: ClusterView, key: EncryptionKey, force: boolean): void {
  if (!force && encryptionKeyEvidence(view, key) === 'contradicted') throw keyDoesNotFit()
}

export function keyDoesNotFit(): WcnError {
  return new WcnError(
    'ENCRYPTION_KEY_WRONG',
    "the encryption key does not fit this cluster: the addresses on chain make no sense with it, so nobody could read what you'd write",
    { hint: 'check which cluster the key belongs to; --force-encryption-key writes all the same' },
  )
}
