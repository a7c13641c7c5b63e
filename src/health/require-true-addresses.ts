/**
 * For what sends packets to the addresses on chain: a wrong encryption key decrypts them as well, to machines of anybody
 * in the world, who must be left alone.
 */
import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { encryptionKeyEvidence, keyFingerprint } from '../cluster/encryption-key-evidence.js'
import { WcnError } from '../errors/wcn-error.js'

/**
 * Whether the key is proven to be the cluster's, by what is on chain or by what was written from here before. Throws
 * ENCRYPTION_KEY_WRONG where that speaks against it.
 */
export async function requireTrueAddresses(
  services: Services,
  about: { readonly snapshot: ClusterSnapshot; readonly operator: Address; readonly key: EncryptionKey },
): Promise<boolean> {
  const { snapshot, operator, key } = about
  const evidence = encryptionKeyEvidence(snapshot.view, key)
  if (evidence === 'proven') return true
  if (evidence === 'unproven') {
    const [chain, state] = await Promise.all([services.chain(), services.state()])
    const { chainId, genesisHash } = await chain.readAccount(operator)
    const memory = await state.recall({ chainId, genesisHash, contract: snapshot.contract })
    if (memory?.keyFingerprint == null) return false
    if (memory.keyFingerprint === keyFingerprint(key, snapshot)) return true
  }
  throw new WcnError(
    'ENCRYPTION_KEY_WRONG',
    'the encryption key is not that of this cluster: the addresses it shows are those of strangers, and nobody was asked there',
    { hint: 'compare it with SMART_CONTRACT_ENCRYPTION_KEY of your nodes; `wcn config show` tells where it is set' },
  )
}
