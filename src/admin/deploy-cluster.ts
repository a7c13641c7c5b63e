/**
 * Deploys a cluster contract, the project's own: the implementation, then the proxy whose constructor founds the cluster
 * and makes the signing account its owner (docs/dev/network/contract.md, "Deployment").
 */
import type { Address } from '../base/address.js'
import type { AccountSnapshot, Chain } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import { withAccountLock } from '../write/account-lock.js'
import { finishOpen } from '../write/finish-open.js'
import { readWithOpen } from '../write/read-with-open.js'
import { accountBusy, attemptWrite, type Sent, type TransactionJson } from '../write/send-write.js'

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
  /** The second transaction. */
  readonly sent: Sent
  readonly transactions: readonly TransactionJson[]
}

/**
 * Asks once, for both transactions: the second can be priced only when the first is on chain. Null after `dryRun`, which
 * prices the first. Throws what attemptWrite throws; where that is after the first transaction, a warning says what exists.
 */
export async function deployCluster(
  services: Services,
  founding: Founding,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Deployed | null> {
  const { address } = await services.signer()
  const deploy = () => inTwoSteps(services, founding, address, dryRun)
  return dryRun ? deploy() : withAccountLock(services, address, deploy)
}

async function inTwoSteps(
  services: Services,
  founding: Founding,
  owner: Address,
  dryRun: boolean,
): Promise<Deployed | null> {
  const { talk } = services
  const [chain, deployment] = await Promise.all([services.chain(), services.deployment()])
  const snapshot = dryRun ? await chain.readAccount(owner) : await idleAccount(services, owner)
  const first = await attempt(
    services,
    snapshot,
    {
      title: `deploy a cluster on chain ${snapshot.chainId}: transaction 1 of 2 creates the implementation, 2 of 2, priced once that exists, the cluster itself`,
      kind: 'deploy',
      changes: foundingChanges(founding, owner),
      transaction: deployment.implementation(),
      contract: null,
      base: null,
    },
    { dryRun },
  )
  if (!first) return null
  const implementation = deployment.address(owner, first.json.nonce)
  try {
    const second = await attempt(
      services,
      requireIdle(await accountAfter(services, chain, snapshot)),
      {
        title: 'transaction 2 of 2: the cluster itself',
        kind: 'deploy',
        changes: [{ op: 'add', path: 'implementation', before: null, after: implementation }],
        transaction: deployment.proxy(implementation, founding.settings, founding.operators),
        contract: null,
        base: null,
      },
      { dryRun: false, unasked: true },
    )
    if (!second) throw new WcnError('INTERNAL', 'the second transaction was not sent')
    return {
      contract: deployment.address(owner, second.json.nonce),
      implementation,
      sent: second,
      transactions: [first.json, second.json],
    }
  } catch (error) {
    talk.warn(
      `the implementation exists at ${implementation} (transaction ${first.receipt.hash}); without the second transaction it is of no use and does no harm`,
    )
    throw error
  }
}

/** Null after a dry run. A deployment that lost its nonce to another transaction is not tried again. */
async function attempt(
  ...[services, snapshot, intent, options]: Parameters<typeof attemptWrite>
): Promise<Sent | null> {
  const end = await attemptWrite(services, snapshot, intent, options)
  if (end.kind === 'lost') throw accountBusy(snapshot)
  return end.kind === 'sent' ? end.sent : null
}

/** The account once nothing of it is open. Throws TRANSACTION_OPEN, ACCOUNT_BUSY. */
async function idleAccount(services: Services, owner: Address): Promise<AccountSnapshot> {
  const chain = await services.chain()
  const { snapshot, open } = await readWithOpen(services, null, () => chain.readAccount(owner))
  if (open.length === 0) return requireIdle(snapshot)
  await finishOpen(services, open)
  return requireIdle(await chain.readAccount(owner))
}

function requireIdle(snapshot: AccountSnapshot): AccountSnapshot {
  if (snapshot.account.pendingNonce > snapshot.account.nonce) throw accountBusy(snapshot)
  return snapshot
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
