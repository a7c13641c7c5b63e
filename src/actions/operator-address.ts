/** `operator address`: the account of the configured private key, which is the operator ID. */
import type { Address } from '../core/address.js'
import type { ActionResult, Services } from '../core/ports.js'

export interface OperatorAddressData {
  readonly address: Address
}

/** Throws SETTING_MISSING, KEY_INVALID, FILE_*. */
export async function run(services: Services): Promise<ActionResult<OperatorAddressData>> {
  return { data: { address: (await services.signer()).address } }
}
