/** What signs, as the settings name it. */
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'

export type SigningKey =
  | { readonly kind: 'private-key'; readonly key: OperatorPrivateKey }
  /** A key in AWS KMS, by its ID, ARN or alias: for the cluster's owner only. */
  | { readonly kind: 'kms'; readonly keyId: string }
