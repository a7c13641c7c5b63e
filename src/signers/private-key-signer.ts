/** Signs with a raw secp256k1 key. */
import { sign } from 'viem/accounts'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import type { Signer } from '../chain/transaction.js'
import { addressOfPrivateKey } from './address-of-private-key.js'

export function privateKeySigner(key: OperatorPrivateKey): Signer {
  return {
    address: addressOfPrivateKey(key),
    signDigest: (hash) => sign({ hash, privateKey: key.reveal(), to: 'hex' }),
  }
}
