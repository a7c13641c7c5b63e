/** Makes the signer that the settings name: a raw secp256k1 key, or one in AWS KMS. */
import { privateKeyToAddress, sign } from 'viem/accounts'
import { parseAddress } from '../base/address.js'
import type { Deadline } from '../base/deadline.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import type { Signer } from '../chain/transaction.js'

export type SigningKey =
  | { readonly kind: 'private-key'; readonly key: OperatorPrivateKey }
  /** A key in AWS KMS, by its ID, ARN or alias: for the cluster's owner only. */
  | { readonly kind: 'kms'; readonly keyId: string }

/** Throws for a key in KMS what kmsSigner throws; a private key is checked already. */
export async function createSigner(signingKey: SigningKey, deadline?: Deadline): Promise<Signer> {
  if (signingKey.kind === 'private-key') return privateKeySigner(signingKey.key)
  return (await import('./kms-signer.js')).kmsSigner(signingKey.keyId, deadline)
}

export function privateKeySigner(key: OperatorPrivateKey): Signer {
  return {
    address: parseAddress(privateKeyToAddress(key.reveal()), 'the account of the key'),
    signDigest: (hash) => sign({ hash, privateKey: key.reveal(), to: 'hex' }),
  }
}
