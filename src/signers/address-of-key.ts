/** Tells whose a private key is. What that takes is loaded when it is asked, so that everybody may import this. */
import type { Address } from '../base/address.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'

export async function addressOfKey(key: OperatorPrivateKey): Promise<Address> {
  return (await import('./address-of-private-key.js')).addressOfPrivateKey(key)
}
