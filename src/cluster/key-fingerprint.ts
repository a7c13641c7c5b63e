/**
 * By what an encryption key is recognised later without being kept (docs/dev/never.md 3). The key is 32 random
 * bytes, so nobody finds it by trying; the contract goes in so that nobody sees that two contracts share one.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Address } from '../base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../base/hex.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'

/** Nothing else is ever hashed with this before it. */
const DOMAIN = 'wcn: fingerprint of a contract encryption key, version 1\0'

/** SHA-256(domain ‖ chain ID as 8 bytes, big endian ‖ contract ‖ key). */
export function keyFingerprint(
  key: EncryptionKey,
  { chainId, contract }: { readonly chainId: number; readonly contract: Address },
): Hex {
  const chain = new Uint8Array(8)
  new DataView(chain.buffer).setBigUint64(0, BigInt(chainId))
  return bytesToHex(sha256(concatBytes(utf8ToBytes(DOMAIN), chain, hexToBytes(contract), key.reveal())))
}
