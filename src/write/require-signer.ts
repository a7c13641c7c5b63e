/** The signer, where it must be a certain account's. */
import type { Address } from '../base/address.js'
import type { Signer } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'

/** Throws WRONG_SIGNER. */
export async function requireSigner(services: Services, account: Address): Promise<Signer> {
  const signer = await services.signer()
  if (signer.address === account) return signer
  throw new WcnError('WRONG_SIGNER', `the configured key is of account ${signer.address}, not of ${account}`, {
    hint: 'use the key of that account, or leave --operator out',
  })
}
