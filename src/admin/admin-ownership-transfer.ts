/** `admin ownership transfer`: offers the cluster to another account, which becomes its owner by accepting; or takes that back. */
import { checksumAddress, parseAddress, ZERO_ADDRESS } from '../base/address.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'

type Input = OwnerInput & { readonly newOwner?: string; readonly cancel?: boolean }

/** Throws USAGE, ADDRESS_INVALID and what ownerWrite throws. */
export async function run(services: Services, input: Input) {
  const { cancel = false } = input
  if ((input.newOwner === undefined) === !cancel)
    throw new WcnError('USAGE', 'ownership transfer takes either an address or --cancel', {
      hint: 'wcn admin ownership transfer ADDRESS',
    })
  const offered = input.newOwner === undefined ? null : parseAddress(input.newOwner, 'the new owner')
  if (offered === ZERO_ADDRESS)
    throw new WcnError('ADDRESS_INVALID', 'the new owner is the zero address, which nobody holds the key of', {
      hint: '--cancel takes back an offer',
    })
  return ownerWrite(services, input, {
    does: 'offer its ownership',
    plan: async (snapshot) => {
      const { owner } = snapshot.view
      const before = await (await services.chain()).pendingOwner(snapshot)
      if (offered === owner)
        throw new WcnError('ADDRESS_INVALID', `${checksumAddress(owner)} is the owner already`, {
          hint: 'give the account that is to own the cluster',
        })
      if (before === offered) return null
      return {
        title:
          offered === null
            ? "take back the offer of the cluster's ownership"
            : `offer the cluster's ownership to ${checksumAddress(offered)}, who becomes the owner by accepting it`,
        changes: [{ op: 'update', path: 'pending_owner', before, after: offered }],
        call: { fn: 'transferOwnership', newOwner: offered ?? ZERO_ADDRESS },
      }
    },
  })
}
