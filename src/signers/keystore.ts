/**
 * Keystores are encrypted and opened with ox. The key that their passwords give is derived here: ox's asynchronous
 * scrypt ignores r and p, and Node's refuses n = 2^18 with r = 1, which the definition's own test vector has. Both take a
 * second and 256 MiB: that is what protects the key.
 */
import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { scrypt } from 'hash-wasm'
import { decrypt, encrypt, type Keystore as OxKeystore } from 'ox/Keystore'
import type { Address } from '../base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../base/hex.js'
import { type OperatorPrivateKey, parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Keystore } from './keystore-file.js'

/** As geth: 256 MiB and most of a second. */
const STANDARD: Extract<Keystore['kdf'], { name: 'scrypt' }> = { name: 'scrypt', n: 262_144, r: 8, p: 1 }
/** The first half decrypts, the second is part of the MAC. */
const DERIVED_BYTES = 32

export const keystores = { open, create }

export interface KeystoreContent {
  readonly key: OperatorPrivateKey
  readonly address: Address
  readonly password: string
}

/**
 * Null where the password is another one, or the file is damaged: the two can't be told apart. Throws KEYSTORE_INVALID for
 * what holds no private key.
 */
async function open(keystore: Keystore, password: string): Promise<OperatorPrivateKey | null> {
  // geth takes a password's bytes as they are, ethers those of its compatible composition (NFKC).
  for (const spelling of new Set([password, password.normalize('NFKC')])) {
    const key = tryKey(keystore, await derive(keystore.kdf, keystore.salt, spelling))
    if (key !== null) return parsePrivateKey(key)
  }
  return null
}

/** The text of a keystore file, as geth would write it. */
async function create(
  { key, address, password }: KeystoreContent,
  randomBytes: (length: number) => Uint8Array,
): Promise<string> {
  const { n, r, p } = STANDARD
  const salt = bytesToHex(randomBytes(32))
  const encrypted = encrypt(key.reveal(), await derive(STANDARD, salt, password), {
    kdf: 'scrypt',
    kdfparams: { dklen: DERIVED_BYTES, n, p, r, salt: digitsOf(salt) },
    iv: randomBytes(16),
  })
  return `${JSON.stringify({ address: digitsOf(address), ...encrypted })}\n`
}

async function derive(kdf: Keystore['kdf'], salt: Hex, password: string): Promise<Hex> {
  if (kdf.name === 'pbkdf2')
    return bytesToHex(await promisify(pbkdf2)(password, hexToBytes(salt), kdf.iterations, DERIVED_BYTES, 'sha256'))
  return bytesToHex(
    await scrypt({
      password,
      salt: hexToBytes(salt),
      costFactor: kdf.n,
      blockSize: kdf.r,
      parallelism: kdf.p,
      hashLength: DERIVED_BYTES,
      outputType: 'binary',
    }),
  )
}

/** Null where the MAC is another one. */
function tryKey({ iv, ciphertext, mac }: Keystore, derived: Hex): Hex | null {
  const crypto = {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: digitsOf(iv) },
    ciphertext: digitsOf(ciphertext),
    mac: digitsOf(mac),
  }
  try {
    // Of how the key was derived nothing is read again.
    return decrypt({ crypto, version: 3, id: '' } as OxKeystore, derived)
  } catch (error) {
    if (error instanceof Error && error.message === 'corrupt keystore') return null
    throw error
  }
}

/** A number, as geth takes it: zeros in front of it, or left out, are no part of it. Zeros behind it would be another key. */
function parsePrivateKey(hex: Hex): OperatorPrivateKey {
  const digits = digitsOf(hex).replace(/^0+/, '').padStart(64, '0')
  if (digits.length > 64)
    throw new WcnError('KEYSTORE_INVALID', 'the keystore holds more than a private key of 32 bytes')
  try {
    return parseOperatorPrivateKey(digits, 'what the keystore holds')
  } catch (error) {
    if (error instanceof WcnError) throw new WcnError('KEYSTORE_INVALID', error.message)
    throw error
  }
}

/** Keystores write hex without `0x`. */
function digitsOf(hex: Hex): string {
  return hex.slice(2)
}
