/** Finds key files by the names that `key generate --out`, `operator keygen --out` and people give them. */

import type { Address } from '../base/address.js'
import { withoutEndSlashes } from '../base/folder-path.js'
import { type EncryptionKey, parseEncryptionKey } from '../base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'

export interface KeyFolder {
  /** Where to look. */
  readonly path: string
  readonly exists: (path: string) => Promise<boolean>
  /** A path as it has to stand in the description: as given where that is next to us, else absolute. */
  asWritten(path: string | undefined): string | undefined
}

export interface KeyFile {
  readonly path: string
  readonly written: string
}

/** `description` is the file that will hold the paths; '' for standard output. */
export function keyFolder({ files }: Services, folder: string, description: string): KeyFolder {
  const sameFolder = !/[/\\]/.test(description)
  return {
    path: withoutEndSlashes(folder),
    exists: files.exists,
    asWritten: (path) => (path === undefined || sameFolder ? path : files.resolveFrom('-', path)),
  }
}

/** The first of the names, each with `.key`, that is there. */
export async function findKeyFile(folder: KeyFolder, names: readonly string[]): Promise<KeyFile | null> {
  for (const name of names) {
    const path = `${folder.path}/${name}.key`
    if (await folder.exists(path)) return { path, written: folder.asWritten(path) ?? path }
  }
  return null
}

/** Null, with a note, for a file that can't be read as a node's key. */
export function peerIdOf(services: Services, path: string): Promise<PeerId | null> {
  return noted(services, 'the peer ID is not filled in', async () => (await readNodeKeypair(services, path)).peerId)
}

/** The operator whose key the file holds; null, with a note, for a file that holds none. */
export function operatorOf(services: Services, path: string): Promise<Address | null> {
  return noted(services, 'the operator is not filled in', async () =>
    services.addressOf(parseOperatorPrivateKey(await services.files.readSecret(path), path)),
  )
}

/** Null, with a note, for a file that holds no such key. */
export function encryptionKeyIn(services: Services, path: string): Promise<EncryptionKey | null> {
  return noted(services, 'addresses are not filled in', async () =>
    parseEncryptionKey(await services.files.readSecret(path), path),
  )
}

async function noted<T>({ talk }: Services, what: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    talk.note(`${what}: ${error.message}`)
    return null
  }
}
