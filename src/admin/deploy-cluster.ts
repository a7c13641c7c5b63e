/**
 * Deploys a cluster contract: the implementation, then the proxy whose constructor founds the cluster
 * and makes the signing account its owner (docs/dev/network/contract.md, "Deployment").
 */

import type { Address } from '../base/address.js'
import type { ClusterArtifact } from '../chain/contract/cluster-artifact.js'
import { clusterDeployment } from '../chain/contract/cluster-deployment.js'
import type { Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import type { Sent } from '../write/read-back.js'
import { runWrite, type WritePlan } from '../write/run-write.js'

export interface Founding {
  readonly settings: {
    readonly maxOperatorDataBytes: number
    readonly minOperators: number
    readonly extra: Uint8Array
  }
  /** They take slots 0, 1, 2…; `data` is the blob. */
  readonly operators: readonly { readonly id: Address; readonly name: string; readonly data: Uint8Array }[]
  /** Null: the project's own contract. */
  readonly artifact?: ClusterArtifact | null
}

export interface Deployed {
  /** The proxy: the cluster's address. */
  readonly contract: Address
  readonly implementation: Address
  /** Both transactions. */
  readonly sent: readonly [Sent, Sent]
}

/**
 * Asks once, for both transactions: the second can be priced only when the first is on chain. Null after `dryRun`, which
 * prices the first. Throws what runWrite throws; where that is after the first transaction, a warning says what exists.
 */
export async function deployCluster(
  services: Services,
  founding: Founding,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Deployed | null> {
  const [chain, { address: owner }] = await Promise.all([services.chain(), services.signer()])
  const step = async (options: { readonly dryRun?: boolean; readonly unasked?: boolean }, plan: Step) => {
    const read = () => chain.readAccount(owner)
    const task = { account: owner, read, ownOnly: true, ...options }
    return (await runWrite(services, { ...task, plan: async () => ({ kind: 'deploy', base: null, ...plan }) })).sent
  }
  const first = await step(
    { dryRun },
    {
      title: `deploy a cluster on chain ${services.settings.chainId()}: transaction 1 of 2 creates the implementation, 2 of 2, priced once that exists, the cluster itself`,
      changes: foundingChanges(founding, owner),
      request: clusterDeployment.implementation(founding.artifact?.bytecode),
    },
  )
  if (!first) return null
  const addressOf = ({ entry }: Sent) => clusterDeployment.address(owner, entry.transaction.nonce)
  const implementation = addressOf(first)
  try {
    const second = await step(
      { unasked: true },
      {
        title: 'transaction 2 of 2: the cluster itself',
        changes: [{ op: 'add', path: 'implementation', before: null, after: implementation }],
        request: clusterDeployment.proxy(implementation, founding.settings, founding.operators),
      },
    )
    if (!second) throw new Error('the second transaction was not sent')
    return { contract: addressOf(second), implementation, sent: [first, second] }
  } catch (error) {
    services.talk.warn(
      `the implementation exists at ${implementation} (transaction ${first.receipt.hash}); without the second transaction it is of no use and does no harm`,
    )
    throw error
  }
}

type Step = Pick<WritePlan, 'title' | 'changes' | 'request'>

function foundingChanges({ settings, operators, artifact }: Founding, owner: Address): readonly Change[] {
  const add = (path: string, after: unknown): Change => ({ op: 'add', path, before: null, after })
  return [
    add('owner', owner),
    ...(artifact ? [add('bytecode_hash', artifact.hash)] : []),
    add('settings.max_operator_data_bytes', settings.maxOperatorDataBytes),
    add('settings.min_operators', settings.minOperators),
    ...operators.map(({ id, name, data }, slot) => add(`operators[${slot}]`, { id, name, data_bytes: data.length })),
  ]
}
