/**
 * Remembers of each contract the code behind its proxy, and which encryption key was proven to be its own
 * (docs/dev/never.md 3, 4).
 */

import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ClusterSnapshot, WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { encryptionKeyEvidence, type KnownAddress, keyFingerprint } from '../cluster/encryption-key-evidence.js'
import { WcnError } from '../errors/wcn-error.js'
import { keyDoesNotFit } from './require-cluster.js'

/** To be said before the next write: whoever changed the code may have changed what a write means. */
export async function reportImplementation(services: Services, snapshot: WriteSnapshot): Promise<void> {
  const memory = await (await services.state()).recall(snapshot)
  if (!memory || memory.implementation === snapshot.implementation) return
  services.talk.warn(
    `the code of contract ${snapshot.contract} changed since this tool last wrote to it: implementation ${memory.implementation ?? 'unknown'} → ${snapshot.implementation ?? 'unknown'}; ask the cluster's owner where that is news to you`,
  )
}

/**
 * The key where it is proven to be this cluster's, null where nothing speaks against it. Throws ENCRYPTION_KEY_WRONG where another one was proven before, or
 * where what is on chain contradicts it. `own`: addresses of the operator's nodes known from elsewhere, such as a file.
 */
export async function requireClustersKey(
  services: Services,
  snapshot: WriteSnapshot,
  key: EncryptionKey,
  { force, own }: { readonly force: boolean; readonly own: readonly KnownAddress[] },
): Promise<EncryptionKey | null> {
  const remembered = (await (await services.state()).recall(snapshot))?.keyFingerprint ?? null
  const evidence = encryptionKeyEvidence(snapshot.view, key, own)
  if (remembered === fingerprint(snapshot, key)) return key
  if (remembered !== null && !force)
    throw new WcnError(
      'ENCRYPTION_KEY_WRONG',
      `another encryption key was proven to be that of ${snapshot.contract} before: with this one nobody could read what you'd write`,
      {
        hint: 'check which cluster the key belongs to; where the cluster has a new key, --force-encryption-key accepts it',
      },
    )
  if (evidence === 'contradicted' && !force) throw keyDoesNotFit()
  return evidence === 'proven' ? key : null
}

/** After a write. What can't be remembered is no failure of what was written. */
export async function rememberContract(
  services: Services,
  snapshot: WriteSnapshot,
  provenKey: EncryptionKey | null,
): Promise<void> {
  try {
    const state = await services.state()
    const before = await state.recall(snapshot)
    const keyFingerprint = provenKey ? fingerprint(snapshot, provenKey) : (before?.keyFingerprint ?? null)
    const { implementation } = snapshot
    if (before?.implementation === implementation && before.keyFingerprint === keyFingerprint) return
    await state.remember(snapshot, { implementation, keyFingerprint })
  } catch (error) {
    services.talk.warn(
      `what is known of the contract could not be kept: ${error instanceof Error ? error.message : error}`,
    )
  }
}

function fingerprint({ chainId, contract }: ClusterSnapshot, key: EncryptionKey) {
  return keyFingerprint(key, { chainId, contract })
}
