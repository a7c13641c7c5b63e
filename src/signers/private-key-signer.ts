/** Signs with a raw secp256k1 key. */
import { privateKeyToAddress, sign } from 'viem/accounts'
import type { Address } from '../base/address.js'
import { parseAddress } from '../base/address.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import type { Signer } from '../chain/transaction.js'

export function privateKeySigner(key: OperatorPrivateKey): Signer {
  return {
    address: addressOfPrivateKey(key),
    signDigest: (hash) => sign({ hash, privateKey: key.reveal(), to: 'hex' }),
  }
}

/** The account of a key: the operator ID. */
export function addressOfPrivateKey(key: OperatorPrivateKey): Address {
  return parseAddress(privateKeyToAddress(key.reveal()), 'the private key')
}
