/**
 * Deploys a cluster contract, the project's own: the implementation, then the proxy whose constructor founds the cluster
 * and makes the signing account its owner (spec/contract.md, "Deployment").
 */
import type { Address } from '../core/address.js'
import type { Change } from '../core/cluster/operator-changes.js'
import type { AccountSnapshot, Chain, Receipt, Services } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'
import { sendWrite, type TransactionJson } from './send-write.js'

const LOOKS = 20
const LOOK_EVERY_MS = 500

export interface Founding {
  readonly settings: {
    readonly maxOperatorDataBytes: number
    readonly minOperators: number
    readonly extra: Uint8Array
  }
  /** They take slots 0, 1, 2…; `data` is the blob. */
  readonly operators: readonly { readonly id: Address; readonly name: string; readonly data: Uint8Array }[]
}

export interface Deployed {
  /** The proxy: the cluster's address. */
  readonly contract: Address
  readonly implementation: Address
  readonly receipt: Receipt
  readonly transactions: readonly TransactionJson[]
}

/**
 * Asks once, for both transactions: the second can be priced only when the first is on chain. Null after `dryRun`, which
 * prices the first. Throws what sendWrite throws; where that is after the first transaction, a warning says what exists.
 */
export async function deployCluster(
  services: Services,
  founding: Founding,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Deployed | null> {
  const { talk } = services
  const [chain, deployment, signer] = await Promise.all([services.chain(), services.deployment(), services.signer()])
  const snapshot = await chain.readAccount(signer.address)
  const first = await sendWrite(
    services,
    {
      title: `deploy a cluster on chain ${snapshot.chainId}: transaction 1 of 2 creates the implementation, 2 of 2, priced once that exists, the cluster itself`,
      changes: foundingChanges(founding, signer.address),
      transaction: deployment.implementation(),
      snapshot,
    },
    { dryRun },
  )
  if (!first) return null
  const implementation = created(first.receipt)
  try {
    const second = await sendWrite(
      { ...services, talk: { ...talk, confirm: async () => true } },
      {
        title: 'transaction 2 of 2: the cluster itself',
        changes: [{ op: 'add', path: 'implementation', before: null, after: implementation }],
        transaction: deployment.proxy(implementation, founding.settings, founding.operators),
        snapshot: await accountAfter(services, chain, snapshot),
      },
      { dryRun: false },
    )
    if (!second) throw new WcnError('INTERNAL', 'the second transaction was not sent')
    return {
      contract: created(second.receipt),
      implementation,
      receipt: second.receipt,
      transactions: [first.json, second.json],
    }
  } catch (error) {
    talk.warn(
      `the implementation exists at ${implementation} (transaction ${first.receipt.hash}); without the second transaction it is of no use and does no harm`,
    )
    throw error
  }
}

function foundingChanges({ settings, operators }: Founding, owner: Address): readonly Change[] {
  const add = (path: string, after: unknown): Change => ({ op: 'add', path, before: null, after })
  return [
    add('owner', owner),
    add('settings.max_operator_data_bytes', settings.maxOperatorDataBytes),
    add('settings.min_operators', settings.minOperators),
    ...operators.map(({ id, name, data }, slot) => add(`operators[${slot}]`, { id, name, data_bytes: data.length })),
  ]
}

/** A provider may need a moment to count the transaction it has just reported. */
async function accountAfter({ clock }: Services, chain: Chain, before: AccountSnapshot): Promise<AccountSnapshot> {
  for (let look = 1; ; look++) {
    const now = await chain.readAccount(before.account.address)
    if (now.account.nonce > before.account.nonce || look === LOOKS) return now
    await clock.sleep(LOOK_EVERY_MS)
  }
}

function created({ contractAddress, hash }: Receipt): Address {
  if (contractAddress) return contractAddress
  throw new WcnError('SETTLED_OTHERWISE', `transaction ${hash} was included, but its receipt names no contract`, {
    hint: 'look the transaction up',
    details: { hash },
  })
}
