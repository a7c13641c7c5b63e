/**
 * Reads a keystore file. What opening it would cost stands in the file itself, so it is bounded before any work is
 * done: a hostile one must not take the memory of the machine or run for hours.
 */
import { z } from 'zod'
import { parseAddress } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import { looksLikeKey } from '../base/key-like.js'
import { sourceName } from '../base/source-name.js'
import { openDocument } from '../documents/document.js'
import { WcnError } from '../errors/wcn-error.js'

/** A keystore has about 500 bytes. */
export const MAX_KEYSTORE_BYTES = 64 * 1024

const MIB = 1024 ** 2
/** Twice what geth's standard takes; that is also four times its time. */
const MAX_SCRYPT_MEMORY = 512 * MIB
const MAX_SCRYPT_WORK = 1024 * MIB
const MAX_R = 64
const MAX_P = 16
const MAX_ITERATIONS = 10_000_000

const within = (least: number, most: number) =>
  z.int().refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`)

const hexBytes = (least: number, most: number = least) =>
  z
    .string()
    .regex(/^(?:[0-9a-f]{2})*$/i, 'must be bytes in hex')
    .refine(
      ({ length }) => length >= 2 * least && length <= 2 * most,
      `must have ${least === most ? least : `${least} to ${most}`} bytes`,
    )
    .transform((digits): Hex => `0x${digits.toLowerCase()}`)

const KDF = { dklen: z.literal(32), salt: hexBytes(1, 64) }

const SCRYPT = z
  .object({ ...KDF, n: z.int(), r: within(1, MAX_R), p: within(1, MAX_P) })
  .superRefine(({ n, r, p }, context) => {
    const why = whyNotAffordable(n, r, p)
    if (why !== null) context.addIssue({ code: 'custom', path: ['n'], message: why })
  })

const PBKDF2 = z.object({ ...KDF, prf: z.literal('hmac-sha256'), c: within(1, MAX_ITERATIONS) })

const CIPHER = {
  cipher: z.literal('aes-128-ctr'),
  cipherparams: z.object({ iv: hexBytes(16) }),
  ciphertext: hexBytes(1, 64),
  mac: hexBytes(32),
}
const scrypt = z.object({ ...CIPHER, kdf: z.literal('scrypt'), kdfparams: SCRYPT })
const pbkdf2 = z.object({ ...CIPHER, kdf: z.literal('pbkdf2'), kdfparams: PBKDF2 })
const BY_KDF: z.ZodType<z.output<typeof scrypt> | z.output<typeof pbkdf2>> = z.discriminatedUnion('kdf', [
  scrypt,
  pbkdf2,
])
/** What decides about the rest is looked at first, so that the complaint is about nothing else. */
const CRYPTO = z
  .looseObject({ kdf: z.enum(['scrypt', 'pbkdf2']) })
  .transform((crypto): unknown => crypto)
  .pipe(BY_KDF)

const address = z.string().optional()
/** Other software adds fields of its own, and ethers spells this one with a capital. */
const CONTENT: z.ZodType<{ address?: string | undefined; crypto: z.output<typeof CRYPTO> }> = z.union([
  z.object({ address, crypto: CRYPTO }),
  z.object({ address, Crypto: CRYPTO }).transform((content) => ({ address: content.address, crypto: content.Crypto })),
])
/** geth and cast write a number; ethers also reads "3", and other software writes it. The MAC covers the key either way. */
const VERSION = z.preprocess((version) => (version === '3' ? 3 : version), z.literal(3))
const KEYSTORE = z
  .looseObject({ version: VERSION })
  .transform((keystore): unknown => keystore)
  .pipe(CONTENT)

/** Checked for shape and for what opening it would cost; all of it may still be somebody's invention. */
export type Keystore = ReturnType<typeof parseKeystore>

/** `source` is the file's name. Throws KEYSTORE_INVALID with the line and the parameter. */
export function parseKeystore(text: string, source: string) {
  const name = sourceName(source)
  if (!text.trimStart().startsWith('{')) throw noKeystore(text, name)
  try {
    const { value, where } = openDocument(text, source, KEYSTORE)
    const { crypto } = value
    return {
      /** Whose key it says it holds; null where it does not say. */
      address: value.address === undefined ? null : parseAddress(value.address, where(['address'])),
      kdf:
        crypto.kdf === 'scrypt'
          ? { name: 'scrypt' as const, n: crypto.kdfparams.n, r: crypto.kdfparams.r, p: crypto.kdfparams.p }
          : { name: 'pbkdf2' as const, iterations: crypto.kdfparams.c },
      salt: crypto.kdfparams.salt,
      iv: crypto.cipherparams.iv,
      ciphertext: crypto.ciphertext,
      mac: crypto.mac,
    }
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    throw new WcnError('KEYSTORE_INVALID', `the keystore is not sound: ${error.message}`, {
      hint: error.hint,
      details: error.details,
    })
  }
}

function whyNotAffordable(n: number, r: number, p: number): string | null {
  if (n < 2 || n > MAX_SCRYPT_WORK || (n & (n - 1)) !== 0) return 'must be a power of two, from 2'
  const memory = 128 * n * r
  const costs = (bytes: number, what: string, most: number) =>
    `makes scrypt ${what} ${Math.ceil(bytes / MIB)} MiB with r = ${r} and p = ${p}, and ${most / MIB} MiB is the limit`
  if (memory > MAX_SCRYPT_MEMORY) return costs(memory, 'take', MAX_SCRYPT_MEMORY)
  return memory * p > MAX_SCRYPT_WORK ? costs(memory * p, 'work through', MAX_SCRYPT_WORK) : null
}

function noKeystore(text: string, name: string): WcnError {
  return looksLikeKey(text)
    ? new WcnError('KEYSTORE_INVALID', `${name} holds a bare private key, not a keystore`, {
        hint: 'give it with --private-key-file',
      })
    : new WcnError('KEYSTORE_INVALID', `${name} is not a keystore: it is no JSON document`, {
        hint: 'a keystore is a file as geth, ethers, cast or `wcn operator keygen --keystore` write it',
      })
}
