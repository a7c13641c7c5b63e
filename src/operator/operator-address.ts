/** `operator address`: the account of the configured key, which is the operator ID. A keystore has to prove it. */
import type { Address } from '../base/address.js'
import type { ActionResult, Services } from '../cli/services.js'

export interface OperatorAddressData {
  readonly address: Address
}

/** Throws SETTING_MISSING, KEY_INVALID, KEYSTORE_INVALID, PASSWORD_WRONG, SIGNER_UNSUITABLE, FILE_*. */
export async function run(services: Services): Promise<ActionResult<OperatorAddressData>> {
  return { data: { address: (await services.signer()).address } }
}
