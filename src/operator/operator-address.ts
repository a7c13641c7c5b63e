/** `operator address`: the account of the configured key, which is the operator ID. A keystore has to prove it. */
import type { Services } from '../cli/services.js'
import { addressOfKey } from '../signers/address-of-key.js'

/** Throws SETTING_MISSING, KEY_INVALID, KEYSTORE_INVALID, PASSWORD_WRONG, SIGNER_UNSUITABLE, FILE_*. */
export async function run(services: Services) {
  const signing = await services.settings.signingKey()
  // What signs would have to be loaded.
  const address = signing.kind === 'private-key' ? await addressOfKey(signing.key) : (await services.signer()).address
  return { data: { address } }
}
