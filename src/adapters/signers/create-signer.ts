/** The signer that the settings name. */
import type { Deadline } from '../../core/deadline.js'
import type { SigningKey } from '../../core/ports/signing-key.js'
import type { Signer } from '../../core/ports/transaction.js'

/** Throws for a key in KMS what kmsSigner throws; a private key is checked already. */
export async function createSigner(
  signingKey: SigningKey,
  { deadline }: { readonly deadline?: Deadline } = {},
): Promise<Signer> {
  if (signingKey.kind === 'kms') return (await import('./kms-signer.js')).kmsSigner(signingKey.keyId, { deadline })
  return (await import('./private-key-signer.js')).privateKeySigner(signingKey.key)
}
