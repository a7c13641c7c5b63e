/** Lets the owner edit an operator's data: names the operator, and signs with the owner's account. */
import type { Services } from '../cli/services.js'
import type { Author } from '../write/edit-operator.js'
import { requireMember } from './named-member.js'
import { type OwnerInput, requireOwner, signingAccount } from './owner-write.js'

/** Throws OPERATOR_NOT_FOUND, ADDRESS_INVALID, and what reading and the signer throw. */
export async function ownerAsAuthor(
  services: Services,
  input: OwnerInput & { readonly operator: string },
): Promise<Author> {
  const { view } = await (await services.chain()).readCluster()
  const member = requireMember(view, input.operator, 'the operator')
  return {
    operator: member.id,
    account: await signingAccount(services, input, async () => view.owner),
    unsigned: input.unsigned,
    check: (snapshot) => requireOwner(snapshot, "change another operator's data"),
  }
}
