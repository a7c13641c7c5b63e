/** The operator's private key on the EVM side: a secp256k1 scalar (docs/dev/network/wire-format.md, "Identifiers and keys"). */
import { WcnError } from '../../errors/wcn-error.js'
import { bytesToHex, type Hex } from '../hex.js'
import { Secret } from '../secret.js'
import { parseHexKey } from './hex-key.js'

/** 32 bytes as lower-case hex with `0x`. */
export type OperatorPrivateKey = Secret<Hex>

/** Order of the secp256k1 group (SEC 2, section 2.4.1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** Takes 64 hex digits with or without `0x`, from 1 to the group order less 1. Throws KEY_INVALID. */
export function parseOperatorPrivateKey(text: string, source: string): OperatorPrivateKey {
  const hex = bytesToHex(parseHexKey(text, source, 'an operator private key'))
  const scalar = BigInt(hex)
  if (scalar === 0n || scalar >= ORDER) {
    throw new WcnError('KEY_INVALID', `${source} is outside the range of secp256k1 private keys`, {
      hint: 'make a key with `wcn operator keygen`',
    })
  }
  return new Secret(hex)
}
