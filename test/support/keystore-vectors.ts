/** test/vectors/keystore/version-3.json: keystores of other software, with their passwords and keys. */
import { readVectors } from './vectors.js'

export interface KeystoreVector {
  readonly name: string
  /** Who made it. */
  readonly origin: string
  readonly password: string
  readonly address: string
  readonly private_key: string
  readonly keystore: Readonly<Record<string, unknown>>
}

export const KEYSTORE_VECTORS = readVectors<readonly KeystoreVector[]>('keystore/version-3')

export function keystoreVector(name: string): KeystoreVector & { readonly text: string } {
  const found = KEYSTORE_VECTORS.find((vector) => vector.name === name)
  if (!found) throw new Error(`no vector is called ${name}`)
  return { ...found, text: JSON.stringify(found.keystore) }
}

/** The fields in which a test changes one. */
export interface KeystoreJson {
  version: unknown
  address?: unknown
  crypto: Record<string, unknown> & {
    cipherparams: Record<string, unknown>
    kdfparams: Record<string, unknown>
  }
}

/** A copy to change. */
export function keystoreJson(name: string): KeystoreJson {
  return structuredClone(keystoreVector(name).keystore) as unknown as KeystoreJson
}
