/** Reads a node's or database's secret key from where the user keeps it. */
import { keypairFromSecret, type NodeKeypair, parseNodeSecretKey } from '../core/keys/node-keypair.js'
import type { Services } from '../core/ports/services.js'
import { sourceName } from '../core/source-name.js'

/** `-` is standard input. Throws KEY_INVALID, FILE_UNREADABLE, FILE_PERMISSIONS. */
export async function readNodeKeypair({ files }: Services, path: string): Promise<NodeKeypair> {
  const text = await files.readSecret(path)
  return keypairFromSecret(parseNodeSecretKey(text, sourceName(path)))
}
