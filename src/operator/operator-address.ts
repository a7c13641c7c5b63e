/** `operator address`: the account of the configured key, which is the operator ID. A keystore has to prove it. */
import type { Services } from '../cli/services.js'

/** Throws SETTING_MISSING, KEY_INVALID, KEYSTORE_INVALID, PASSWORD_WRONG, SIGNER_UNSUITABLE, FILE_*. */
export async function run(services: Services) {
  return { data: { address: (await services.signer()).address } }
}
