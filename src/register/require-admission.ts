/** Holds an applicant to what the cluster demands, before anything is signed. */

import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { AccountSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import type { OperatorData } from '../cluster/codec/operator-data.js'
import { requireWritable } from '../cluster/judge-write.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnOfProblems } from '../read/read-operator.js'
import { requireMatchingKey } from '../read/require-cluster.js'
import { allowances } from '../write/allowances.js'
import { doubtsOf, requireFreeSlot, requireNotMember, type Standing, standingOf } from './model/admission.js'
import type { OpenedRequest } from './model/join-request.js'

/** Without a chain to ask, the limit a cluster has unless its owner changed it. */
const USUAL_LIMIT = 4096
/** Completing a migration takes about this much gas; it is what an operator's account pays for. */
const WRITE_GAS = 100_000n
const FEW_WRITES = 10n

/**
 * Tells when it is on chain as requested already; then nothing else is asked. Throws OPERATOR_EXISTS, CLUSTER_FULL,
 * ENCRYPTION_KEY_WRONG, INSUFFICIENT_FUNDS, what the rules for operator data say, and what the chain throws.
 */
export async function requireAdmission(
  services: Services,
  opened: OpenedRequest,
  { offline, forceEncryptionKey }: { readonly offline?: boolean; readonly forceEncryptionKey?: boolean },
): Promise<Standing> {
  const key = await services.settings.requireEncryptionKey()
  if (offline) {
    requireNewOperator(services, opened.data, key, USUAL_LIMIT)
    services.talk.warn('--offline: membership, free slots, the size limit and the balance were not looked up')
    return { kind: 'absent' }
  }
  const snapshot = await (await services.chain()).readClusterForWrite(opened.content.operator)
  const standing = requireAdmissible(services, snapshot.view, opened, key, forceEncryptionKey === true)
  if (standing.kind === 'absent') requireFunds(snapshot, services.talk.warn)
  return standing
}

/**
 * What the owner's approval is held to as well. Throws OPERATOR_EXISTS, CLUSTER_FULL, ENCRYPTION_KEY_WRONG, and what the
 * rules for operator data say.
 */
export function requireAdmissible(
  services: Services,
  view: ClusterView,
  opened: OpenedRequest,
  key: EncryptionKey,
  forceEncryptionKey: boolean,
): Standing {
  const standing = standingOf(view, opened, key)
  if (standing.kind === 'as-requested') return standing
  requireNotMember(standing, opened.content.operator)
  requireFreeSlot(view)
  requireNewOperator(services, opened.data, key, view.settings.maxOperatorDataBytes)
  requireMatchingKey(view, key, forceEncryptionKey)
  warnOfProblems(services, view)
  const { peerIds, names } = doubtsOf(view, opened)
  for (const sentence of [...peerIds, ...names]) services.talk.warn(sentence)
  return standing
}

/** `maxDataBytes` null: the cluster's limit is not known. Throws what the rules for operator data say. */
export function requireNewOperator(
  services: Services,
  after: OperatorData,
  key: EncryptionKey,
  maxDataBytes: number | null,
): void {
  requireWritable({ slot: null, after, key, maxDataBytes, allowed: allowances(services, {}) })
}

function requireFunds({ account, fees }: AccountSnapshot, warn: (text: string) => void): void {
  const { address, balanceWei } = account
  const hint = 'send some ETH on Optimism to that account; the equivalent of $5 lasts for about a year'
  if (balanceWei === 0n)
    throw new WcnError(
      'INSUFFICIENT_FUNDS',
      `account ${address} holds no ETH, and an operator pays for its transactions`,
      { hint, details: { balance_wei: '0' } },
    )
  if (balanceWei < FEW_WRITES * WRITE_GAS * fees.maxFeePerGas)
    warn(`account ${address} pays for a few transactions only: ${hint}`)
}
