/** Reads a node's or database's secret key from where the user keeps it. */
import { keypairFromSecret, type NodeKeypair, parseNodeSecretKey } from '../base/keys/node-keypair.js'
import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'

/** Where a node's key is that one comes as to other nodes; null: as a stranger. Throws SETTING_INVALID. */
export function nodeKeyFile(
  { settings }: Pick<Services, 'settings'>,
  input: { readonly nodeKeyFile?: string },
): string | null {
  // The flag is a setting, too, and they know what is wrong with an empty one.
  return settings.nodeKeyFile() ?? input.nodeKeyFile ?? null
}

/** `-` is standard input. Throws KEY_INVALID, FILE_UNREADABLE, FILE_PERMISSIONS. */
export async function readNodeKeypair({ files }: Pick<Services, 'files'>, path: string): Promise<NodeKeypair> {
  const text = await files.readSecret(path)
  return keypairFromSecret(parseNodeSecretKey(text, sourceName(path)))
}
