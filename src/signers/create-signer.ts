/** The signer that the settings name. */
import type { Deadline } from '../base/deadline.js'
import type { Signer } from '../chain/transaction.js'
import type { SigningKey } from './signing-key.js'

/** Throws for a key in KMS what kmsSigner throws; a private key is checked already. */
export async function createSigner(
  signingKey: SigningKey,
  { deadline }: { readonly deadline?: Deadline } = {},
): Promise<Signer> {
  if (signingKey.kind === 'kms') return (await import('./kms-signer.js')).kmsSigner(signingKey.keyId, { deadline })
  return (await import('./private-key-signer.js')).privateKeySigner(signingKey.key)
}
