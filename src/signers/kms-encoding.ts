/** Public keys and signatures as KMS encodes them (SPKI and ECDSA-Sig-Value, both DER), and as Ethereum wants them. */
import { recoverAddress } from 'ox/Secp256k1'
import { fromDerBytes, toHex } from 'ox/Signature'
import { publicKeyToAddress } from 'viem/accounts'
import { type Address, parseAddress } from '../base/address.js'
import { bytesToHex, type Hex } from '../base/hex.js'

/** Of every SubjectPublicKeyInfo with an uncompressed point of secp256k1 (RFC 5480): only the point follows. */
const SPKI_PREFIX = '0x3056301006072a8648ce3d020106052b8104000a034200'
const SPKI_BYTES = 88
const UNCOMPRESSED = '04'

/** Order of the secp256k1 group (SEC 2, section 2.4.1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** The account of a public key; null for what is not one of secp256k1. */
export function addressOfSpki(spki: Uint8Array): Address | null {
  const hex = bytesToHex(spki)
  if (spki.length !== SPKI_BYTES || !hex.startsWith(`${SPKI_PREFIX}${UNCOMPRESSED}`)) return null
  return parseAddress(publicKeyToAddress(`0x${hex.slice(SPKI_PREFIX.length)}`), 'the public key')
}

/**
 * 65 bytes r ‖ s ‖ v with low s. KMS gives either s, and no v: it is the one that leads back to the signer. Null for
 * what is not a signature of the digest by that account.
 */
export function ethereumSignature(der: Uint8Array, digest: Hex, signer: Address): Hex | null {
  try {
    const { r, s } = fromDerBytes(der)
    const low = s > ORDER / 2n ? ORDER - s : s
    for (const yParity of [0, 1]) {
      const signature = { r, s: low, yParity }
      if (recoverAddress({ payload: digest, signature }).toLowerCase() === signer) return toHex(signature)
    }
  } catch {
    // Neither the bytes nor the point need to be sound.
  }
  return null
}
