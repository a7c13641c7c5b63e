/**
 * Gives the account of a private key, by Node's own crypto, which is loaded when it is asked for: a library would first make
 * its table of the curve's points, which takes longer than a read of the chain.
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { type Address, addressFromBytes } from '../base/address.js'
import { hexToBytes } from '../base/hex.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'

/** The operator ID. */
export async function addressOfKey(key: OperatorPrivateKey): Promise<Address> {
  const { createECDH } = await import('node:crypto')
  const curve = createECDH('secp256k1')
  curve.setPrivateKey(hexToBytes(key.reveal()))
  // Without the byte that says in which form the point is.
  const point = curve.getPublicKey().subarray(1)
  return addressFromBytes(keccak_256(point).subarray(12))
}
