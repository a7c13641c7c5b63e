/** The contract encryption key: shared by a cluster's operators, hides node addresses only (docs/dev/network/wire-format.md). */
import { unsafe } from '@noble/ciphers/aes.js'
import { Secret } from '../secret.js'
import { parseHexKey } from './hex-key.js'

/** Encrypts every 16 bytes on their own. */
export type Blocks = (blocks: Uint8Array) => Uint8Array
/** AES-256 under a key. */
export type Aes = (key: Uint8Array) => Blocks

/** 32 bytes of AES-256 key. */
export class EncryptionKey extends Secret<Uint8Array> {
  readonly #aes: Aes
  #blocks: Blocks | undefined

  constructor(bytes: Uint8Array, aes: Aes) {
    super(bytes)
    this.#aes = aes
  }

  /** The cipher, made when it is first asked for. */
  get encryptBlocks(): Blocks {
    this.#blocks ??= this.#aes(this.reveal())
    return this.#blocks
  }
}

/** Takes 64 hex digits with or without `0x`. `source` says where the text came from. Throws KEY_INVALID. */
export function parseEncryptionKey(text: string, source: string): EncryptionKey {
  return encryptionKeyWith(aesInJavaScript, text, source)
}

/** The same with an AES that is handed in: Node's own is faster, and what reads a whole cluster needs it much. */
export function encryptionKeyWith(aes: Aes, text: string, source: string): EncryptionKey {
  return new EncryptionKey(parseHexKey(text, source, 'the contract encryption key'), aes)
}

function aesInJavaScript(key: Uint8Array): Blocks {
  const expanded = unsafe.expandKeyLE(key)
  return (blocks) => {
    const encrypted = Uint8Array.from(blocks)
    for (let at = 0; at < encrypted.length; at += 16) unsafe.encryptBlock(expanded, encrypted.subarray(at, at + 16))
    return encrypted
  }
}
