/** The command lines that the answers amount to: as flags for the steps, which run the same actions. */

import type { Services } from '../cli/services.js'
import { requireRpcUrl } from '../settings/provider-settings.js'
import type { Wizard } from './wizard.js'

/** In the folder. */
export const KEYS_FOLDER = 'keys'
export const RPC_URL_FILE = 'rpc.url'

/** Services with all that is known by now; `more`: further flags. Throws SETTING_*, FILE_*. */
export async function configured(wizard: Wizard, more: Readonly<Record<string, unknown>> = {}): Promise<Services> {
  const { contract_address, chain_id, encryption_key_file, operator } = wizard.answers
  const [rpcUrl] = await knownUrls(wizard)
  return wizard.configured({
    contractAddress: contract_address,
    chainId: chain_id?.toString(),
    ...(rpcUrl === undefined ? {} : { rpcUrl: [rpcUrl] }),
    encryptionKeyFile: encryption_key_file && wizard.at(encryption_key_file),
    ...signerFlags(wizard),
    operator,
    ...(wizard.services.settings.allowPrivateAddresses() ? { allowPrivateAddresses: true } : {}),
    ...more,
  })
}

/** Of the operator's key, as every command that signs takes them. */
export function signerFlags({ answers, at }: Wizard) {
  const { operator_key_file, keystore, password_file } = answers
  return {
    ...(operator_key_file === undefined ? {} : { privateKeyFile: at(operator_key_file) }),
    ...(keystore === undefined ? {} : { keystore: at(keystore) }),
    ...(keystore === undefined || password_file === undefined ? {} : { passwordFile: at(password_file) }),
  }
}

/** Of the file, which is written as soon as they are known, with the chosen one in the end. Throws SETTING_INVALID, FILE_*. */
export async function knownUrls({ services: { files }, at }: Wizard): Promise<readonly string[]> {
  const file = at(RPC_URL_FILE)
  if (!(await files.exists(file))) return []
  const urls = (await files.readSecret(file)).split(/\s+/).filter((url) => url !== '')
  for (const url of urls) requireRpcUrl(url, file)
  return urls
}

/** What is said of a key file that an earlier run, or somebody else, made. */
export function takenUp(file: string): string {
  return `${file} is there already: it is taken up (for another, move it away, and its answers out of wcn-init.json)`
}
