/** The signer that the settings name. */
import type { Deadline } from '../base/deadline.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import type { Signer } from '../chain/transaction.js'

export type SigningKey =
  | { readonly kind: 'private-key'; readonly key: OperatorPrivateKey }
  /** A key in AWS KMS, by its ID, ARN or alias: for the cluster's owner only. */
  | { readonly kind: 'kms'; readonly keyId: string }

/** Throws for a key in KMS what kmsSigner throws; a private key is checked already. */
export async function createSigner(signingKey: SigningKey, deadline?: Deadline): Promise<Signer> {
  if (signingKey.kind === 'kms') return (await import('./kms-signer.js')).kmsSigner(signingKey.keyId, deadline)
  return (await import('./private-key-signer.js')).privateKeySigner(signingKey.key)
}
