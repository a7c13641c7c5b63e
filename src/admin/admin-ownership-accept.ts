/** `admin ownership accept`: the account that was offered a cluster becomes its owner. */
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type OwnerInput, signingAccount, writeAs } from './owner-write.js'

/** Throws NOT_THE_OWNER where it was not offered to this account, and what writeAs throws. */
export async function run(services: Services, input: OwnerInput) {
  const chain = await services.chain()
  const account = await signingAccount(services, input, async () => requireOffer(services, await chain.readCluster()))
  return writeAs(services, input, account, {
    plan: async (snapshot) => {
      const { owner } = snapshot.view
      if (owner === account) return null
      const offered = await requireOffer(services, snapshot)
      if (offered !== account)
        throw new WcnError(
          'NOT_THE_OWNER',
          `the ownership was offered to ${offered}, and the configured key is of ${account}`,
          { hint: 'give the key of that account with --private-key-file' },
        )
      return {
        title: "become the cluster's owner",
        changes: [{ op: 'update', path: 'owner', before: owner, after: account }],
        call: { fn: 'acceptOwnership' },
      }
    },
  })
}

async function requireOffer(services: Services, snapshot: ClusterSnapshot) {
  const offered = await (await services.chain()).pendingOwner(snapshot)
  if (offered !== null) return offered
  throw new WcnError('NOT_THE_OWNER', `nobody was offered the ownership of cluster ${snapshot.contract}`, {
    hint: `its owner, ${snapshot.view.owner}, offers it with \`wcn admin ownership transfer ADDRESS\``,
  })
}
