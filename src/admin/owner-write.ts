/** Carries out what only a cluster's owner may do: finds the owner's account, refuses others, and writes as all commands do. */
import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ClusterCall, WriteSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { planCall, runWrite, type WritePlan } from '../write/run-write.js'
import { type WriteJson, writeJson } from '../write/write-json.js'

/** Flags that every command of the owner's takes. */
export interface OwnerInput {
  readonly dryRun?: boolean
  readonly unsigned?: string
}

interface OwnerPlan extends Pick<WritePlan, 'title' | 'changes' | 'provenKey'> {
  readonly call: ClusterCall
}

interface OwnerTask {
  /** Follows "only the owner of the cluster can". */
  readonly does: string
  /** Called for every state that is read; null: nothing is to be done. */
  readonly plan: (snapshot: WriteSnapshot) => Promise<OwnerPlan | null>
  /** The operator to tell of afterwards, and the key that shows its addresses. */
  readonly about?: { readonly operator: Address; readonly key: EncryptionKey | null }
}

/** Throws NOT_THE_OWNER, and what `plan`, runWrite and reading throw. */
export async function ownerWrite(services: Services, input: OwnerInput, { does, plan, about }: OwnerTask) {
  const chain = await services.chain()
  const account = await signingAccount(services, input, async () => (await chain.readCluster()).view.owner)
  return writeAs(services, input, account, {
    about,
    plan: async (snapshot) => {
      requireOwner(snapshot, does)
      return plan(snapshot)
    },
  })
}

/** A write of this very account, planned as given. Throws what `plan` and runWrite throw. */
export async function writeAs(
  services: Services,
  { dryRun = false, unsigned }: OwnerInput,
  account: Address,
  { plan, about = { operator: null, key: null } }: Pick<OwnerTask, 'plan'> & { readonly about?: About | undefined },
): Promise<ActionResult<WriteJson>> {
  const chain = await services.chain()
  const written = await runWrite(services, {
    account,
    read: () => chain.readClusterForWrite(account),
    plan: async (snapshot) => {
      const wanted = await plan(snapshot)
      return wanted && { ...wanted, ...(await planCall(services, snapshot, wanted.call)) }
    },
    dryRun,
    unsigned,
  })
  return { data: writeJson(services, written, about) }
}

type About = Parameters<typeof writeJson>[2]

/** That of the key that is here; where it is elsewhere, the one that may do it. */
export async function signingAccount(
  { signer }: Pick<Services, 'signer'>,
  { unsigned }: OwnerInput,
  elsewhere: () => Promise<Address>,
): Promise<Address> {
  return unsigned === undefined ? (await signer()).address : elsewhere()
}

/** Throws NOT_THE_OWNER. */
export function requireOwner({ view, account }: WriteSnapshot, does: string): void {
  if (view.owner === account.address) return
  throw new WcnError(
    'NOT_THE_OWNER',
    `only the owner of the cluster, ${view.owner}, can ${does}, and the configured key is of ${account.address}`,
    { hint: "give the owner's key with --private-key-file" },
  )
}
