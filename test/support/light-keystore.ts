/**
 * Web3 Secret Storage v3 made with node:crypto, next to the tool's own code and past it: any key, and a password that is
 * tried in milliseconds, so that tests with keystores are quick.
 */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID, scryptSync } from 'node:crypto'
import { keccak256 } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'

const N = 1024

/** `changes` replace fields of `kdfparams`, as those do who mean harm. */
export function lightKeystore(privateKey: string, password: string, changes: object = {}): string {
  const salt = randomBytes(32)
  const iv = randomBytes(16)
  const derived = scryptSync(password, salt, 32, { N, r: 8, p: 1 })
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(privateKey.slice(2), 'hex')), cipher.final()])
  return JSON.stringify({
    address: privateKeyToAddress(privateKey as `0x${string}`)
      .slice(2)
      .toLowerCase(),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n: N, p: 1, r: 8, salt: salt.toString('hex'), ...changes },
      mac: keccak256(Buffer.concat([derived.subarray(16), ciphertext])).slice(2),
    },
    id: randomUUID(),
    version: 3,
  })
}

/** What is in a keystore with scrypt: read with node:crypto alone, whatever it costs. Throws where the password is wrong. */
export function openKeystore(text: string, password: string): string {
  const { crypto } = JSON.parse(text) as KeystoreJson
  const { n: N, r, p, dklen, salt } = crypto.kdfparams
  const derived = scryptSync(password, Buffer.from(salt, 'hex'), dklen, { N, r, p, maxmem: 256 * N * r })
  const ciphertext = Buffer.from(crypto.ciphertext, 'hex')
  if (keccak256(Buffer.concat([derived.subarray(16), ciphertext])).slice(2) !== crypto.mac)
    throw new Error('the password is wrong')
  const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), Buffer.from(crypto.cipherparams.iv, 'hex'))
  return `0x${Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('hex')}`
}

interface KeystoreJson {
  readonly crypto: {
    readonly ciphertext: string
    readonly cipherparams: { readonly iv: string }
    readonly kdfparams: {
      readonly n: number
      readonly r: number
      readonly p: number
      readonly dklen: number
      readonly salt: string
    }
    readonly mac: string
  }
}
