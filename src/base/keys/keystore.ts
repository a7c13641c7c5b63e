/** An encrypted private key: version 3 of the Web3 Secret Storage Definition, as geth, ethers and cast write it. */
import type { Address } from '../address.js'
import type { Hex } from '../hex.js'

/** Checked for shape and for what opening it would cost; all of it may still be somebody's invention. */
export interface Keystore {
  /** Whose key it says it holds; null where it does not say. */
  readonly address: Address | null
  readonly kdf: Scrypt | Pbkdf2
  readonly salt: Hex
  /** 16 bytes. */
  readonly iv: Hex
  /** 1 to 64 bytes: some software leaves out a key's leading zeros, some puts one in front of it. */
  readonly ciphertext: Hex
  /** 32 bytes. */
  readonly mac: Hex
}

/** Cost parameters of RFC 7914: memory 128·n·r bytes, time 128·n·r·p. */
export interface Scrypt {
  readonly name: 'scrypt'
  readonly n: number
  readonly r: number
  readonly p: number
}

/** With HMAC-SHA-256. */
interface Pbkdf2 {
  readonly name: 'pbkdf2'
  readonly iterations: number
}
