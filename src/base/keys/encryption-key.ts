/** The contract encryption key: shared by a cluster's operators, hides node addresses only (docs/dev/network/wire-format.md). */
import { Secret } from '../secret.js'
import { parseHexKey } from './hex-key.js'

declare const brand: unique symbol
/** 32 bytes of AES-256 key. */
export type EncryptionKey = Secret<Uint8Array> & { readonly [brand]: 'EncryptionKey' }

/** Takes 64 hex digits with or without `0x`. `source` says where the text came from. Throws KEY_INVALID. */
export function parseEncryptionKey(text: string, source: string): EncryptionKey {
  return new Secret(parseHexKey(text, source, 'the contract encryption key')) as EncryptionKey
}
