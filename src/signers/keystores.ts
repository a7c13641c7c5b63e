/** Encrypts private keys with passwords and back. Both take a second and 256 MiB: that is what protects the key. */
import type { Address } from '../base/address.js'
import type { Keystore } from '../base/keys/keystore.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'

export interface Keystores {
  /**
   * Null where the password is another one, or the file is damaged: the two can't be told apart. Throws
   * KEYSTORE_INVALID for what holds no private key.
   */
  open(keystore: Keystore, password: string): Promise<OperatorPrivateKey | null>
  /** The text of a keystore file, as geth would write it. */
  create(content: KeystoreContent, randomBytes: (length: number) => Uint8Array): Promise<string>
}

export interface KeystoreContent {
  readonly key: OperatorPrivateKey
  readonly address: Address
  readonly password: string
}
